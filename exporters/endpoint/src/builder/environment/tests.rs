use std::{collections::HashMap, error::Error as _};

use proptest::prelude::*;

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Builder, EnvironmentError> {
    let variables: HashMap<String, OsString> =
        variables.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
    Builder::from_variables(&|name| variables.get(name).cloned())
}

/// A file of a test's own, removed with it.
struct File(String);

fn file(name: &str, content: &str) -> File {
    let path = env::temp_dir().join(format!("tallymark-environment-{}-{name}", std::process::id()));
    std::fs::write(&path, content).expect("a file");
    File(path.to_str().expect("a path in UTF-8").to_owned())
}

impl std::ops::Deref for File {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn nothing_is_set() {
    let builder = read(&[]).expect("nothing is wrong with that");
    assert_eq!(format!("{builder:?}"), format!("{:?}", Builder::new()));
}

#[test]
fn everything_is_set() {
    let (token, users) = (file("token", "one\ntwo\n"), file("users", "me:secret\r\n\nyou: other \n"));
    let builder = read(&[
        ("TALLYMARK_ADDRESS", "127.0.0.1:0, [::1]:9464-9470,unix:/run/shop/metrics.sock"),
        ("TALLYMARK_PATH", "/m"),
        ("TALLYMARK_NAMESPACE", "shop_1"),
        ("TALLYMARK_TOKEN", "three"),
        ("TALLYMARK_TOKEN_FILE", &token),
        ("TALLYMARK_BASIC_AUTH_FILE", &users),
        ("TALLYMARK_ALLOW", "10.0.0.0/8, ::1"),
        ("TALLYMARK_COMPRESSION", "off"),
        ("TALLYMARK_LIVE", "off"),
        ("TALLYMARK_MAX_SCRAPES", "4"),
        ("TALLYMARK_MAX_CONNECTIONS", "100"),
        ("TALLYMARK_READ_TIMEOUT", "10"),
        ("TALLYMARK_WRITE_TIMEOUT", "2.5"),
        ("TALLYMARK_REQUEST_TIMEOUT", "0.25"),
        ("TALLYMARK_GRACE", "0"),
    ])
    .expect("all of it is allowed");
    assert_eq!((builder.listen.len(), builder.path.as_str()), (3, "/m"));
    assert_eq!(builder.namespace.as_deref(), Some("shop_1"));
    assert_eq!(builder.guard.networks.len(), 2);
    assert!(!builder.compression);
    assert_eq!((builder.max_scrapes, builder.max_connections), (4, 100));
    assert_eq!(builder.read_timeout, Duration::from_secs(10));
    assert_eq!(builder.write_timeout, Duration::from_millis(2500));
    assert_eq!(builder.request_timeout, Some(Duration::from_millis(250)));
    assert_eq!(builder.grace, Duration::ZERO);
    let shown = format!("{builder:?}");
    for secret in ["one", "two", "three", "secret", "other"] {
        assert!(!shown.contains(&format!("\"{secret}")), "{shown}");
    }
}

#[test]
fn wrong_values_are_blamed_on_their_variable() {
    let (empty, spaces) = (file("empty", "\n\n"), file("spaces", "fine\nnot fine\n"));
    let nowhere = "/nowhere/at/all";
    for (variable, value) in [
        ("TALLYMARK_ADDRESS", "9464"),
        ("TALLYMARK_ADDRESS", "127.0.0.1:9470-9464"),
        ("TALLYMARK_ADDRESS", "127.0.0.1:0-7"),
        ("TALLYMARK_ADDRESS", "127.0.0.1:65536"),
        ("TALLYMARK_ADDRESS", "127.0.0.1:0,"),
        ("TALLYMARK_ADDRESS", "localhost:1-2"),
        ("TALLYMARK_ADDRESS", "unix:"),
        ("TALLYMARK_PATH", "metrics"),
        ("TALLYMARK_NAMESPACE", "Shop"),
        ("TALLYMARK_NAMESPACE", "shop__x"),
        ("TALLYMARK_TOKEN", "two words"),
        ("TALLYMARK_TOKEN_FILE", nowhere),
        ("TALLYMARK_TOKEN_FILE", &empty),
        ("TALLYMARK_TOKEN_FILE", &spaces),
        ("TALLYMARK_BASIC_AUTH_FILE", &spaces),
        ("TALLYMARK_ALLOW", "10.0.0.1/8"),
        ("TALLYMARK_ALLOW", "everybody"),
        ("TALLYMARK_COMPRESSION", "yes"),
        ("TALLYMARK_LIVE", "1"),
        ("TALLYMARK_MAX_SCRAPES", "-1"),
        ("TALLYMARK_MAX_SCRAPES", "+1"),
        ("TALLYMARK_MAX_SCRAPES", "0"),
        ("TALLYMARK_MAX_CONNECTIONS", "0"),
        ("TALLYMARK_MAX_CONNECTIONS", "many"),
        ("TALLYMARK_READ_TIMEOUT", "10s"),
        ("TALLYMARK_READ_TIMEOUT", "0"),
        ("TALLYMARK_REQUEST_TIMEOUT", "0.0"),
        ("TALLYMARK_WRITE_TIMEOUT", "-1"),
        ("TALLYMARK_REQUEST_TIMEOUT", "inf"),
        ("TALLYMARK_GRACE", "."),
    ] {
        let error = read(&[(variable, value)]).err().unwrap_or_else(|| panic!("{variable}={value}"));
        let text = error.to_string();
        assert!(text.starts_with(variable) && text.contains("it may hold"), "{text}");
        assert!(!text.contains("two words"), "{text}");
    }
    let error = read(&[("TALLYMARK_TOKEN_FILE", &spaces)]).expect_err("a token without spaces");
    let source = error.source().and_then(|error| error.source()).expect("what is wrong with the file");
    assert!(source.to_string().starts_with("line 2 "), "{source}");
    let error = read(&[("TALLYMARK_ALLOW", "::1,10.0.0.1/8")]).expect_err("it begins elsewhere");
    let source = error.source().expect("which one it is");
    assert!(source.to_string().contains("10.0.0.1/8"), "{source}");
    assert!(source.source().is_some_and(|source| source.to_string().contains("10.0.0.0")), "{source:?}");
}

#[test]
fn no_time_to_end_is_something_to_ask_for() {
    assert!(read(&[("TALLYMARK_GRACE", "0")]).is_ok());
}

/// A guard that got lost on the way must not leave the endpoint open.
#[test]
fn nothing_is_not_unset() {
    for variable in [
        "TALLYMARK_ADDRESS",
        "TALLYMARK_TOKEN",
        "TALLYMARK_TOKEN_FILE",
        "TALLYMARK_BASIC_AUTH_FILE",
        "TALLYMARK_ALLOW",
        "TALLYMARK_TLS_CERT",
        "TALLYMARK_TLS_KEY",
        "TALLYMARK_TLS_CLIENT_CA",
        "TALLYMARK_GRACE",
    ] {
        let error = read(&[(variable, "")]).expect_err("it is empty");
        assert!(error.to_string().starts_with(variable), "{error}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn tls_takes_certificate_and_key() {
    for (set, missing) in [
        ("TALLYMARK_TLS_CERT", "TALLYMARK_TLS_KEY"),
        ("TALLYMARK_TLS_KEY", "TALLYMARK_TLS_CERT"),
        ("TALLYMARK_TLS_CLIENT_CA", "TALLYMARK_TLS_CERT"),
    ] {
        let error = read(&[(set, "x.pem")]).expect_err("there is more to it");
        assert_eq!(error.to_string(), format!("{missing} has to be set, because {set} is"));
    }
    let nowhere = [("TALLYMARK_TLS_CERT", "/nowhere/c.pem"), ("TALLYMARK_TLS_KEY", "/nowhere/k.pem")];
    let error = read(&nowhere).expect_err("there are no such files");
    assert!(matches!(error, EnvironmentError::Unusable { variable: "TALLYMARK_TLS_CERT", .. }), "{error:?}");
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_takes_the_feature() {
    let error = read(&[("TALLYMARK_TLS_CLIENT_CA", "x.pem")]).expect_err("it is not there");
    assert!(matches!(error, EnvironmentError::Unsupported { feature: "tls", .. }), "{error:?}");
}

#[cfg(unix)]
#[test]
fn not_unicode() {
    use std::os::unix::ffi::OsStringExt;

    let read = |name: &str| (name == "TALLYMARK_PATH").then(|| OsString::from_vec(vec![b'/', 0xff]));
    let error = Builder::from_variables(&read).expect_err("not UTF-8");
    assert!(matches!(error, EnvironmentError::NotUnicode { variable: "TALLYMARK_PATH", .. }), "{error:?}");
}

proptest! {
    /// Whatever is set, it is understood or said to be wrong.
    #[test]
    fn anything_may_be_set(at in 0..8_usize, value in "[0-9a-z:./,\\[\\]-]{0,30}|\\PC*") {
        let variables = [
            "TALLYMARK_PATH", "TALLYMARK_NAMESPACE", "TALLYMARK_TOKEN", "TALLYMARK_ALLOW", "TALLYMARK_COMPRESSION",
            "TALLYMARK_MAX_SCRAPES", "TALLYMARK_GRACE", "TALLYMARK_READ_TIMEOUT",
        ];
        if let Err(error) = read(&[(variables[at], &value)]) {
            prop_assert!(error.to_string().starts_with(variables[at]));
        }
    }
}

#[test]
fn all_that_is_read_is_known() {
    let read = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let builder = Builder::from_variables(&|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    });
    assert!(builder.is_ok(), "nothing is set");
    assert_eq!(read.into_inner(), strays::KNOWN.iter().map(|&name| name.to_owned()).collect());
}

#[test]
fn what_is_mistyped_is_told_from_what_others_set() {
    let names = [
        "PATH",
        "TALLYMARK_TOKEN_FILES",
        "TALLYMARK_TOKEN_FILE",
        "TALLYMARK_ADDR",
        "TALLYMARK_PORT",
        "TALLYMARK_PORT_9464_TCP_ADDR",
        "TALLYMARK_SERVICE_HOST",
        "TALLYMARK_SERVICE_PORT_HTTP",
        "TALLYMARK_SHOP_SERVICE_HOST",
    ];
    let strays = strays::strays(names.into_iter().map(str::to_owned));
    assert_eq!(strays, ["TALLYMARK_ADDR", "TALLYMARK_TOKEN_FILES"]);
    let exporter = Builder { strays, ..Builder::new() }.address("127.0.0.1:0").serve().expect("a port");
    let [warning, _] = exporter.warnings() else { panic!("{:?}", exporter.warnings()) };
    assert_eq!(
        warning.to_string(),
        "the variable `TALLYMARK_ADDR` is not one of those that set up the endpoint, and is not read"
    );
}

/// A page that is asked for is there, or the program says that it cannot be.
#[test]
fn the_live_page_is_switched() {
    #[cfg(feature = "live")]
    for (switch, is_on) in [("on", true), ("off", false)] {
        assert_eq!(read(&[("TALLYMARK_LIVE", switch)]).expect("it is understood").live.is_on, is_on);
    }
    #[cfg(not(feature = "live"))]
    {
        assert!(read(&[("TALLYMARK_LIVE", "off")]).is_ok());
        let error = read(&[("TALLYMARK_LIVE", "on")]).expect_err("there is none");
        assert!(matches!(error, EnvironmentError::Unsupported { feature: "live", .. }), "{error:?}");
    }
}
