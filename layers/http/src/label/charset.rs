//! Charsets of responses.

/// Returns the charset in a content type, as a label of a closed set.
pub fn charset_of(kind: &[u8]) -> Option<&'static str> {
    let kind = std::str::from_utf8(kind).ok()?;
    let mut parameters = kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, charset) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    let charset = charset.trim().trim_matches('"');
    Some(if charset.eq_ignore_ascii_case("utf-8") { "utf-8" } else { "other" })
}

#[cfg(test)]
mod tests {
    use super::charset_of;

    #[test]
    fn charsets_are_a_closed_set() {
        assert_eq!(charset_of(b"text/html; charset=utf-8"), Some("utf-8"));
        assert_eq!(charset_of(b"text/html;boundary=x; Charset=\"UTF-8\""), Some("utf-8"));
        assert_eq!(charset_of(b"text/html; charset=koi8-r"), Some("other"));
        assert_eq!(charset_of(b"text/html"), None);
        assert_eq!(charset_of(b"\xff; charset=utf-8"), None);
    }
}
