//! What is known of the build of a program, for `build_info!`.

/// The version of the compiler, such as `1.85.0`; empty if it is not known.
pub const RUSTC: &str = match option_env!("TALLYMARK_RUSTC") {
    Some(version) => version,
    None => "",
};

/// Returns the first text that is set and not empty, or an empty text.
pub const fn first_known(texts: &[Option<&'static str>]) -> &'static str {
    let mut at = 0;
    while at < texts.len() {
        match texts[at] {
            Some(text) if !text.is_empty() => return text,
            _ => at += 1,
        }
    }
    ""
}

/// Returns the value of a label, or an empty text if its name is among those that are given otherwise.
pub const fn unless_given(label: &str, value: &'static str, given: &[&str]) -> &'static str {
    let mut at = 0;
    while at < given.len() {
        if is_same(label.as_bytes(), given[at].as_bytes()) {
            return "";
        }
        at += 1;
    }
    value
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_empty() {
        assert_eq!(first_known(&[None, Some(""), Some("a"), Some("b")]), "a");
        assert_eq!(first_known(&[None, None]), "");
        assert_eq!(unless_given("revision", "a", &["profile", "revision"]), "");
        assert_eq!(unless_given("revision", "a", &["revisions", "profile"]), "a");
    }

    #[test]
    fn the_compiler_is_known() {
        assert!(RUSTC.split('.').count() >= 3 && RUSTC.starts_with("1."), "{RUSTC}");
    }
}
