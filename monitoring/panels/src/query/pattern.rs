//! The subset of regular expressions that label matchers need.

/// Returns whether a pattern is supported: alternatives of plain characters, `.`, `.*` and `.+`.
pub(super) fn is_valid(pattern: &str) -> bool {
    let mut before = None;
    for character in pattern.chars() {
        let plain = character.is_alphanumeric() || "_-/:.| {}<>".contains(character);
        let repeats = matches!(character, '*' | '+') && before == Some('.');
        // Braces are quantifiers in a regular expression.
        if !(plain || repeats) || matches!(character, '{' | '}') {
            return false;
        }
        before = Some(character);
    }
    true
}

/// Returns whether the whole of `text` matches, as PromQL's `=~` does.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    pattern.split('|').any(|alternative| matches_one(alternative.as_bytes(), text.as_bytes()))
}

fn matches_one(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'.', b'*', rest @ ..] => (0..=text.len()).any(|at| matches_one(rest, &text[at..])),
        [b'.', b'+', rest @ ..] => (1..=text.len()).any(|at| matches_one(rest, &text[at..])),
        [first, rest @ ..] => text
            .split_first()
            .is_some_and(|(byte, text)| (*first == b'.' || first == byte) && matches_one(rest, text)),
    }
}

/// Returns a text that matches the pattern.
pub(super) fn example(pattern: &str) -> String {
    let first = pattern.split('|').next().unwrap_or_default();
    first.replace(".*", "").replace(".+", "x").replace('.', "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("5..", "503", true),
            ("5..", "5033", false),
            ("5..", "none", false),
            ("error|panic", "panic", true),
            ("error|panic", "pan", false),
            (".*", "", true),
            (".+", "", false),
            ("a.*z", "abcz", true),
            ("a.+z", "az", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
            assert!(is_valid(pattern), "{pattern}");
            assert!(matches(pattern, &example(pattern)), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_matched_here_is_no_pattern() {
        for pattern in ["a*", "[45]..", "(a|b)c", "a{2}", r"\d", "a?", "^a", "a$"] {
            assert!(!is_valid(pattern), "{pattern}");
        }
    }
}
