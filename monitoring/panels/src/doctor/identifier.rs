//! Detection of identifiers in label values.

/// Returns whether a label value looks like an identifier: a number, a UUID, a hash, an e-mail address, an IP address, or a
/// path with one of them in it.
pub(super) fn is_one(text: &str) -> bool {
    if text.contains('@') && text.contains('.') && !text.contains(' ') {
        return true;
    }
    if text.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    // The query of a URL is not part of its path.
    if text.starts_with('/') && text.contains('?') {
        return true;
    }
    if text.contains('/') {
        return text.split('/').any(is_word);
    }
    is_word(text)
}

/// Returns whether a word is a long number, a UUID or a hash.
fn is_word(word: &str) -> bool {
    let plain: String = word.chars().filter(|character| *character != '-').collect();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let is_number = !plain.is_empty() && digits == plain.len();
    let is_hex =
        plain.len() >= 16 && digits >= 4 && plain.chars().all(|character| character.is_ascii_hexdigit());
    // Short numbers are statuses or years rather than identifiers.
    is_hex || (is_number && plain.len() >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_others() {
        for text in [
            "1234567",
            "a@example.org",
            "192.168.0.17",
            "::1",
            "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            "/orders/1234567",
            "/orders?id=3",
            "d41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            "",
            "200",
            "GET",
            "/orders/{id}",
            "card_declined",
            "2026",
            "v1.2.3",
            "/",
            "shop::orders",
            "defaced",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
