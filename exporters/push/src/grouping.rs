//! How the group of a push is written in the path of its URL.
//!
//! The rules are those of the Pushgateway's README: `/metrics/job/JOB{/NAME/VALUE}`, where a value that does not fit
//! into a segment of a path is written in base64 after a name that ends in `@base64`.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE};

use super::error::BuildError;

/// The path of a group: the job, then the other labels by name.
pub(super) fn path(job: &str, labels: &BTreeMap<String, String>) -> Result<String, BuildError> {
    if job.is_empty() {
        return Err(BuildError::EmptyJob);
    }
    let mut path = "/metrics".to_owned();
    push_label(&mut path, "job", job);
    for (name, value) in labels {
        check_name(name)?;
        push_label(&mut path, name, value);
    }
    Ok(path)
}

fn check_name(name: &str) -> Result<(), BuildError> {
    let fault = if name == "job" { Some("the job is given on its own") } else { name_fault(name) };
    fault.map_or(Ok(()), |why| Err(BuildError::InvalidLabel { name: name.to_owned(), why }))
}

/// What is wrong with a label's name, if something is.
pub(super) fn name_fault(name: &str) -> Option<&'static str> {
    if name.starts_with("__") {
        return Some("names that start with `__` are Prometheus' own");
    }
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let valid = first && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (!valid).then_some("a label name is a letter or `_`, followed by letters, digits and `_`")
}

fn push_label(path: &mut String, name: &str, value: &str) {
    path.push('/');
    path.push_str(name);
    // Servers and proxies resolve a segment of dots as one of a file's path.
    let dots = matches!(value, "." | "..");
    if value.is_empty() {
        // No bytes at all would be an empty segment, so one character of padding is written.
        path.push_str("@base64/=");
    } else if dots || value.contains(['/', ' ']) {
        path.push_str("@base64/");
        URL_SAFE.encode_string(value, path);
    } else {
        path.push('/');
        push_percent_encoded(path, value);
    }
}

/// Writes everything but the unreserved characters of RFC 3986, section 2.3, as `%XX`.
fn push_percent_encoded(path: &mut String, value: &str) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.extend([byte >> 4, byte & 15].map(|digit| DIGITS.get(usize::from(digit)).unwrap_or(&'0')));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(job: &str, labels: &[(&str, &str)]) -> Result<String, BuildError> {
        let labels = labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        path(job, &labels)
    }

    #[test]
    fn paths() {
        for (job, labels, wanted) in [
            ("my_job", &[][..], "/metrics/job/my_job"),
            ("my_job", &[("a", "9")], "/metrics/job/my_job/a/9"),
            ("my_job", &[("b", "a/ z"), ("a", "9")], "/metrics/job/my_job/a/9/b@base64/YS8geg=="),
            ("my_job", &[("a", "")], "/metrics/job/my_job/a@base64/="),
            ("my/job", &[], "/metrics/job@base64/bXkvam9i"),
            ("my job", &[], "/metrics/job@base64/bXkgam9i"),
            ("my_job", &[("path", "/var/tmp")], "/metrics/job/my_job/path@base64/L3Zhci90bXA="),
            ("my_job", &[("a", "1+1=2&c?d#e%f:g")], "/metrics/job/my_job/a/1%2B1%3D2%26c%3Fd%23e%25f%3Ag"),
            ("my_job", &[("a", "\u{fc}\u{1f980}")], "/metrics/job/my_job/a/%C3%BC%F0%9F%A6%80"),
            ("my_job", &[("a", "?/\u{ff}")], "/metrics/job/my_job/a@base64/Py_Dvw=="),
            ("..", &[("a", ".")], "/metrics/job@base64/Li4=/a@base64/Lg=="),
            ("a.b-c_d~e", &[("a", "...")], "/metrics/job/a.b-c_d~e/a/..."),
        ] {
            assert_eq!(of(job, labels).expect("a group"), wanted);
        }
    }

    #[test]
    fn what_is_no_group() {
        assert!(matches!(of("", &[]), Err(BuildError::EmptyJob)));
        for name in ["", "job", "__name__", "1a", "a-b", "a/b", "a@base64", "\u{fc}"] {
            let error = of("job", &[(name, "value")]).expect_err("not a label");
            assert!(
                matches!(&error, BuildError::InvalidLabel { name: shown, .. } if shown == name),
                "{error:?}"
            );
        }
    }

    /// What a Pushgateway reads from a path.
    fn read(path: &str) -> Vec<(String, String)> {
        let mut segments = path.strip_prefix("/metrics/").expect("a group").split('/');
        let mut labels = Vec::new();
        while let (Some(name), Some(value)) = (segments.next(), segments.next()) {
            let label = if let Some(name) = name.strip_suffix("@base64") {
                let bytes = if value == "=" { Vec::new() } else { URL_SAFE.decode(value).expect("base64") };
                (name.to_owned(), String::from_utf8(bytes).expect("text"))
            } else {
                let mut bytes = Vec::new();
                let mut rest = value.bytes();
                while let Some(byte) = rest.next() {
                    let hex =
                        |byte: Option<u8>| char::from(byte.expect("a digit")).to_digit(16).expect("hex");
                    bytes.push(if byte == b'%' {
                        u8::try_from(hex(rest.next()) * 16 + hex(rest.next())).expect("a byte")
                    } else {
                        byte
                    });
                }
                (name.to_owned(), String::from_utf8(bytes).expect("text"))
            };
            labels.push(label);
        }
        labels
    }

    proptest! {
        #[test]
        fn every_value_comes_back(job in "\\PC+", a in "\\PC*", b in "[./ %+=-]{0,4}") {
            let path = of(&job, &[("a", &a), ("b", &b)]).expect("a group");
            prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#".contains(&byte)));
            let wanted = [("job", job), ("a", a), ("b", b)].map(|(name, value)| (name.to_owned(), value));
            prop_assert_eq!(read(&path), wanted);
        }
    }
}
