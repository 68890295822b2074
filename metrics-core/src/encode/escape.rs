//! Backslashes before what would end a line or a label value.

/// What else is escaped beside the backslash and the line feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Double quotes stay as they are: help texts in text format 0.0.4.
    Keep,
    /// Double quotes too: label values, and help texts in OpenMetrics.
    Escape,
}

/// Whether `text` holds a backslash, a line feed or a double quote.
///
/// No early return: without one the loop is vectorised, and almost every text is read to its end anyway.
#[inline]
pub(super) fn is_needed(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | matches!(byte, b'\\' | b'\n' | b'"'))
}

/// Appends `text`, escaped.
pub(super) fn append(to: &mut Vec<u8>, text: &str, quotes: Quotes) {
    if !is_needed(text) {
        to.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'\\' => to.extend_from_slice(br"\\"),
            b'\n' => to.extend_from_slice(br"\n"),
            b'"' if quotes == Quotes::Escape => to.extend_from_slice(br#"\""#),
            other => to.push(other),
        }
    }
}
