//! Patterns of label values.

/// Returns whether a text is a pattern of label values: alternatives of plain characters, `.`, `.*` and `.+`.
///
/// This is the part of Prometheus' regular expressions that alerts of labels need, and that is evaluated in the program.
///
/// ```
/// use tallymark_rules::is_pattern;
///
/// assert!(is_pattern("5..|timeout") && !is_pattern("(a|b)c"));
/// ```
pub fn is_pattern(text: &str) -> bool {
    let mut before = None;
    for character in text.chars() {
        let is_plain = character.is_alphanumeric() || "_-/:.| <>".contains(character);
        let repeats = matches!(character, '*' | '+') && before == Some('.');
        if !(is_plain || repeats) {
            return false;
        }
        before = Some(character);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_regular_expressions_are_refused() {
        for text in ["5..", "error|panic", ".*", "a.+z", "grün|blau", ""] {
            assert!(is_pattern(text), "{text}");
        }
        for text in ["a*", "[45]..", "(a|b)c", "a{2}", r"\d", "a?", "^a", "a$", "a(b"] {
            assert!(!is_pattern(text), "{text}");
        }
    }
}
