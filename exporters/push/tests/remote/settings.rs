//! What can be set, and what cannot.

use std::time::Duration;

use tallymark_push::{BuildError, remote_write};

use crate::receiver::{PATIENCE, Receiver, all_written, alone};

#[test]
fn headers_and_credentials() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let builder = receiver.builder().header("X-Scope-OrgID", "shop").bearer_token("abc");
    builder.start().expect("started").shutdown().expect("written");
    for received in receiver.received() {
        assert_eq!(received.header("x-scope-orgid"), Some("shop"));
        assert_eq!(received.header("authorization"), Some("Bearer abc"));
    }
    let receiver = Receiver::start(all_written);
    let builder = receiver.builder().basic_auth("me", "secret");
    builder.start().expect("started").shutdown().expect("written");
    assert_eq!(receiver.received()[0].header("authorization"), Some("Basic bWU6c2VjcmV0"));
}

#[test]
fn it_writes_at_intervals() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().interval(Duration::from_millis(1)).start().expect("started");
    receiver.wait_for(3);
    drop(guard);
}

#[test]
fn the_url_is_used_as_it_is() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let url = format!("http://{}/push?tenant=a%2Fb", receiver.address);
    let guard = crate::receiver::builder(url).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    assert_eq!(receiver.received()[0].target, "/push?tenant=a%2Fb");
}

#[test]
fn what_cannot_be_set() {
    for url in
        ["", "host:9090/api/v1/write", "ftp://host/", "http://me:secret@host/", "http://host/#x", "http://"]
    {
        let error = remote_write(url).start().expect_err(url);
        assert!(matches!(error, BuildError::InvalidUrl { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
    let builder = || remote_write("http://127.0.0.1:1/api/v1/write");
    for name in ["", "__name__", "1a", "a-b", "\u{fc}"] {
        let error = builder().external_label(name, "x").start().expect_err(name);
        assert!(matches!(error, BuildError::InvalidExternalLabel { .. }), "{error:?}");
    }
    for (name, value) in [
        ("Content-Type", "text/plain"),
        ("content-encoding", "gzip"),
        ("User-Agent", "me"),
        ("X-Prometheus-Remote-Write-Version", "3"),
        ("Host", "other"),
        ("Content-Length", "0"),
        ("a b", "x"),
        ("a", "x\r\ny"),
    ] {
        let error = builder().header(name, value).start().expect_err(name);
        assert!(matches!(error, BuildError::InvalidHeader { .. }), "{error:?}");
    }
    let error = builder().bearer_token("a b").start().expect_err("a space");
    assert!(matches!(error, BuildError::InvalidCredentials { .. }), "{error:?}");
    #[cfg(not(feature = "tls"))]
    assert!(matches!(remote_write("https://host/").start(), Err(BuildError::InvalidUrl { .. })));
}
