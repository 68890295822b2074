//! JSON.

use super::Node;
use std::fmt::Write as _;

/// Writes a node as JSON, indented by two blanks.
pub(crate) fn to_json(node: &Node) -> String {
    let mut text = String::new();
    write(node, 0, &mut text);
    text.push('\n');
    text
}

fn write(node: &Node, depth: usize, text: &mut String) {
    match node {
        Node::Null => text.push_str("null"),
        Node::Flag(value) => {
            let _ = write!(text, "{value}");
        }
        Node::Number(value) => {
            let _ = write!(text, "{value}");
        }
        Node::Text(value) => text.push_str(&quoted(value)),
        Node::List(values) if values.is_empty() => text.push_str("[]"),
        Node::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Node::List(values) => {
            text.push('[');
            for (at, value) in values.iter().enumerate() {
                new_line(at, depth + 1, text);
                write(value, depth + 1, text);
            }
            new_line(0, depth, text);
            text.push(']');
        }
        Node::Map(entries) => {
            text.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                new_line(at, depth + 1, text);
                let _ = write!(text, "{}: ", quoted(key));
                write(value, depth + 1, text);
            }
            new_line(0, depth, text);
            text.push('}');
        }
    }
}

fn new_line(at: usize, depth: usize, text: &mut String) {
    if at > 0 {
        text.push(',');
    }
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// Returns a text in double quotes, which JSON and YAML read alike.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::node;

    #[test]
    fn indented() {
        let node = node!({ "a": [1, 0.5, null], "b": {}, "c": { "d\"": "x\ny" } });
        let expected = "{\n  \"a\": [\n    1,\n    0.5,\n    null\n  ],\n  \"b\": {},\n  \"c\": {\n    \"d\\\"\": \"x\\ny\"\n  }\n}\n";
        assert_eq!(to_json(&node), expected);
    }
}
