//! YAML: the part of it that is read alike by everything that reads YAML.

use super::{Node, json::quoted};

/// Writes a node as YAML in block style.
pub(crate) fn to_yaml(node: &Node) -> String {
    let mut text = String::new();
    block(node, 0, &mut text);
    text
}

/// Writes a node on lines of its own.
fn block(node: &Node, depth: usize, text: &mut String) {
    match node {
        Node::List(values) if !values.is_empty() => {
            for value in values {
                indent(depth, text);
                text.push_str("- ");
                match value {
                    // Its first entry is on the line of the dash.
                    Node::Map(entries) if !entries.is_empty() => map(entries, depth + 1, true, text),
                    _ => inline(value, depth + 1, text),
                }
            }
        }
        Node::Map(entries) if !entries.is_empty() => map(entries, depth, false, text),
        _ => {
            indent(depth, text);
            inline(node, depth, text);
        }
    }
}

fn map(entries: &[(String, Node)], depth: usize, mut first_is_indented: bool, text: &mut String) {
    for (key, value) in entries {
        if !std::mem::take(&mut first_is_indented) {
            indent(depth, text);
        }
        text.push_str(&plain_or_quoted(key));
        text.push(':');
        match value {
            Node::Map(inner) if !inner.is_empty() => {
                text.push('\n');
                block(value, depth + 1, text);
            }
            Node::List(inner) if !inner.is_empty() => {
                text.push('\n');
                block(value, depth + 1, text);
            }
            _ => {
                text.push(' ');
                inline(value, depth + 1, text);
            }
        }
    }
}

/// Writes what fits on the rest of a line, or a block of text beneath it.
fn inline(node: &Node, depth: usize, text: &mut String) {
    match node {
        Node::Null => text.push_str("null"),
        Node::Flag(value) => text.push_str(if *value { "true" } else { "false" }),
        Node::Number(value) => text.push_str(&value.to_string()),
        Node::Text(value) if is_block(value) => {
            text.push_str(if value.ends_with('\n') { "|" } else { "|-" });
            for line in value.trim_end_matches('\n').split('\n') {
                text.push('\n');
                if !line.is_empty() {
                    indent(depth, text);
                    text.push_str(line);
                }
            }
        }
        Node::Text(value) => text.push_str(&plain_or_quoted(value)),
        Node::List(values) if values.is_empty() => text.push_str("[]"),
        Node::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Node::List(_) | Node::Map(_) => {
            text.push('\n');
            return block(node, depth, text);
        }
    }
    text.push('\n');
}

/// Returns whether a text is written as a block of lines: it has several, ends with at most one line feed, and does not begin with
/// a blank, from which a reader would take the indentation.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_clean = |character: char| character == '\n' || !character.is_control();
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && text.chars().all(is_clean)
}

fn plain_or_quoted(text: &str) -> String {
    let starts =
        text.starts_with(|character: char| character.is_ascii_alphabetic() || matches!(character, '/' | '_'));
    let plain = |character: char| character.is_ascii_alphanumeric() || "_/.-".contains(character);
    // Words that some readers of YAML take for a boolean or for null.
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let taken = words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if starts && text.chars().all(plain) && !taken {
        text.to_owned()
    } else if text.contains(['"', '\\']) && !text.contains(char::is_control) {
        // Single quotes need no escapes but for the quote itself, which keeps expressions readable.
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::node;

    #[test]
    fn blocks() {
        let node = node!({
            "groups": [{ "name": "shop", "rules": [{ "for": "5m", "labels": {} }] }, "x"],
            "on": false,
            "text": "one\n  two\n",
            "lists": [["a"], []],
        });
        let expected = "\
groups:
  - name: shop
    rules:
      - for: \"5m\"
        labels: {}
  - x
\"on\": false
text: |
  one
    two
lists:
  - 
    - a
  - []
";
        assert_eq!(to_yaml(&node), expected);
    }

    #[test]
    fn what_is_not_plain_is_quoted() {
        for (text, written) in [
            ("shop-alerts.yml", "shop-alerts.yml"),
            ("No", "\"No\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("# x", "\"# x\""),
            ("é", "\"é\""),
            ("up{job=\"it's\"}", "'up{job=\"it''s\"}'"),
            (" two\nlines", "\" two\\nlines\""),
        ] {
            assert_eq!(to_yaml(&Node::from(text)), format!("{written}\n"));
        }
    }
}
