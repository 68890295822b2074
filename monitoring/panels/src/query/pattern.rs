//! The subset of regular expressions that label matchers need.

/// Returns whether the whole of `text` matches, as PromQL's `=~` does.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    pattern.split('|').any(|alternative| matches_one(alternative, text))
}

fn matches_one(pattern: &str, text: &str) -> bool {
    let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]).map(|at| &text[at..]);
    if let Some(rest) = pattern.strip_prefix(".*") {
        return ends.any(|end| matches_one(rest, end));
    }
    if let Some(rest) = pattern.strip_prefix(".+") {
        return ends.skip(1).any(|end| matches_one(rest, end));
    }
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    match (pattern.next(), text.next()) {
        (None, None) => true,
        // A dot is any character, of however many bytes.
        (Some(first), Some(character)) => {
            (first == '.' || first == character) && matches_one(pattern.as_str(), text.as_str())
        }
        _ => false,
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
    use tallymark_rules::is_pattern;

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
            ("a.+z", "abcz", true),
            ("gr.n", "grün", true),
            (".", "", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
            assert!(is_pattern(pattern), "{pattern}");
            assert!(matches(pattern, &example(pattern)), "{pattern}");
        }
    }
}
