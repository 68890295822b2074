//! Texts that the macros leave to constant evaluation: names and help texts made of constants.

/// Returns the length of the parts with a separator between them. Empty parts are left out.
#[must_use]
pub const fn joined_len(parts: &[&str], separator: &str) -> usize {
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        if !parts[part].is_empty() {
            length += parts[part].len() + if length > 0 { separator.len() } else { 0 };
        }
        part += 1;
    }
    length
}

/// Returns the parts with a separator between them.
#[must_use]
pub const fn joined<const LENGTH: usize>(parts: &[&str], separator: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        if !parts[part].is_empty() {
            if length > 0 {
                length = put(&mut bytes, length, separator);
            }
            length = put(&mut bytes, length, parts[part]);
        }
        part += 1;
    }
    bytes
}

const fn put(bytes: &mut [u8], mut length: usize, text: &str) -> usize {
    let mut at = 0;
    while at < text.len() {
        bytes[length] = text.as_bytes()[at];
        length += 1;
        at += 1;
    }
    length
}

/// Returns the text that [`joined`] has put together.
///
/// # Panics
///
/// If the bytes are not UTF-8.
#[must_use]
pub const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a text was cut within a character"),
    }
}

/// Returns a help text without the blanks around it.
///
/// # Panics
///
/// If nothing is left. In a `static`, where the macros put it, that is a compile error.
#[must_use]
#[track_caller]
pub const fn help(help: &str) -> &str {
    if let Some(fault) = tallymark_rules::help_fault(help) {
        panic!("{}", fault.sentence());
    }
    help.trim_ascii()
}

/// Returns a text that must not be empty.
///
/// # Panics
///
/// If it is. In a `static`, where the macros put it, that is a compile error.
#[must_use]
#[track_caller]
pub const fn filled(text: &'static str) -> &'static str {
    assert!(!text.is_empty(), "this name is empty; leave the argument out to use the item's own");
    text
}

/// Joins constant texts, with a separator between those that are not empty.
#[doc(hidden)]
#[macro_export]
macro_rules! __joined {
    ($separator:literal; $($part:expr),+ $(,)?) => {{
        const PARTS: &[&::core::primitive::str] = &[$($part),+];
        const LENGTH: ::core::primitive::usize = $crate::__private_v4::joined_len(PARTS, $separator);
        const BYTES: [::core::primitive::u8; LENGTH] = $crate::__private_v4::joined::<LENGTH>(PARTS, $separator);
        $crate::__private_v4::text(&BYTES)
    }};
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_are_joined_in_constant_evaluation() {
        const NAMESPACE: &str = "shop";
        const NAME: &str = crate::__joined!("_"; NAMESPACE, "", concat!("orders", "_total"));
        assert_eq!(NAME, "shop_orders_total");
        assert_eq!(crate::__joined!(" "; "größe", "in Zoll"), "größe in Zoll");
        assert_eq!(super::help("  Orders.\n"), "Orders.");
    }

    #[test]
    #[should_panic(expected = "the help text is empty")]
    fn blanks_are_no_help() {
        let _ = super::help(" \n ");
    }
}
