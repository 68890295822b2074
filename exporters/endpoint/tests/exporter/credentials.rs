//! Who has a token or a password.

use std::fs;

use tallymark::exporter::{self, Builder, Exporter, ServeError};

use crate::{Directory, client::Client, counted, refused};

/// `me:secret` and `me:wrong`.
const RIGHT: &str = "Authorization: Basic bWU6c2VjcmV0";
const WRONG: &str = "Authorization: Basic bWU6d3Jvbmc=";

fn builder() -> Builder {
    exporter::builder().address("127.0.0.1:0")
}

fn bearer(exporter: &Exporter, token: &str) -> u16 {
    let header = format!("Authorization: Bearer {token}");
    Client::connect(exporter.local_addr()).ask("GET", "/metrics", &[&header]).status
}

#[test]
fn token() {
    let exporter = builder().bearer_token("s3cr3t").serve().expect("a port");
    let before = refused("credentials");
    let mut client = Client::connect(exporter.local_addr());
    let without = client.ask("GET", "/metrics", &[]);
    assert_eq!((without.status, without.header("www-authenticate")), (401, Some("Bearer realm=\"metrics\"")));
    assert_eq!(without.header("cache-control"), Some("no-store"));
    assert_eq!(without.length(), Some(without.body.len()));
    assert!(!without.body.contains("tallymark_"), "{}", without.body);
    let wrong = client.ask("GET", "/metrics", &["Authorization: Bearer s3cr3"]);
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer realm=\"metrics\", error=\"invalid_token\""));
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 401);
    assert!(refused("credentials") >= before + 3);
    // The connection goes on.
    let right = client.ask("GET", "/metrics", &["authorization: bearer s3cr3t"]);
    assert_eq!(right.status, 200);
    assert!(
        right.body.contains("\ntallymark_scrapes_refused_total{reason=\"credentials\"} "),
        "{}",
        right.body
    );
    assert_eq!(right.header("www-authenticate"), None);
    let head = client.ask("HEAD", "/metrics", &[]);
    assert_eq!((head.status, head.length()), (401, without.length()));
}

/// Who has no credentials gets to know nothing else: neither which paths there are nor which methods.
#[test]
fn credentials_come_first() {
    let exporter = builder().bearer_token("s3cr3t").path("/hidden").serve().expect("a port");
    for (method, target) in
        [("GET", "/"), ("POST", "/hidden"), ("OPTIONS", "*"), ("OPTIONS", "/hidden"), ("GET", "/hidden")]
    {
        let response = Client::connect(exporter.local_addr()).ask(method, target, &[]);
        assert_eq!(response.status, 401, "{method} {target}");
        assert!(!response.body.contains("hidden"), "{}", response.body);
    }
    let right = "Authorization: Bearer s3cr3t";
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/elsewhere", &[right]).status, 404);
    assert_eq!(client.ask("OPTIONS", "/hidden", &[right]).status, 204);
    assert_eq!(client.ask("POST", "/hidden", &[right, "Content-Length: 0"]).status, 405);
}

#[test]
fn name_and_password() {
    let exporter = builder().basic_auth("me", "secret").serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    let without = client.ask("GET", "/metrics", &[]);
    let challenge = "Basic realm=\"metrics\", charset=\"UTF-8\"";
    assert_eq!((without.status, without.header("www-authenticate")), (401, Some(challenge)));
    assert_eq!(client.ask("GET", "/metrics", &[WRONG]).status, 401);
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT, RIGHT]).status, 401);
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 200);
}

#[test]
fn either() {
    let exporter = builder().basic_auth("me", "secret").bearer_token("s3cr3t").serve().expect("a port");
    assert_eq!(bearer(&exporter, "s3cr3t"), 200);
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 200);
    assert_eq!(client.ask("GET", "/metrics", &[]).headers("www-authenticate").len(), 2);
}

/// Each change is in force with the next request.
#[test]
fn tokens_rotate() {
    let directory = Directory::new();
    let file = directory.put("tokens", "first\n");
    let exporter = builder().bearer_token_file(&file).serve().expect("a port");
    assert_eq!((bearer(&exporter, "first"), bearer(&exporter, "second")), (200, 401));
    directory.put("tokens", "first\r\nsecond\n\n");
    assert_eq!((bearer(&exporter, "first"), bearer(&exporter, "second")), (200, 200));
    directory.put("tokens", "second");
    assert_eq!((bearer(&exporter, "first"), bearer(&exporter, "second")), (401, 200));
    // Written in place, as with a shell: same length, same file, and perhaps the same time.
    fs::write(&file, "thirds").expect("a file");
    assert_eq!((bearer(&exporter, "second"), bearer(&exporter, "thirds")), (401, 200));
}

#[test]
fn what_cannot_be_used_changes_nothing() {
    let directory = Directory::new();
    let file = directory.put("tokens", "right\n");
    let exporter = builder().bearer_token_file(&file).serve().expect("a port");
    let errors = || counted("tallymark_file_reload_errors_total", "token");
    let mut before = errors();
    for broken in ["", "\n \n", "two words\n", "right\nb\u{e4}d\n"] {
        directory.put("tokens", broken);
        assert_eq!((bearer(&exporter, "right"), bearer(&exporter, "two")), (200, 401), "{broken:?}");
        // Once for each change, however often somebody asks.
        assert_eq!(errors(), before + 1, "{broken:?}");
        before += 1;
    }
    fs::remove_file(&file).expect("it is there");
    assert_eq!((bearer(&exporter, "right"), errors()), (200, before + 1));
    directory.put("tokens", "new\n");
    assert_eq!((bearer(&exporter, "right"), bearer(&exporter, "new")), (401, 200));
}

#[test]
fn users_rotate() {
    let directory = Directory::new();
    let file = directory.put("users", "you:other\n");
    let exporter = builder().basic_auth_file(file).serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 401);
    directory.put("users", "you:other\nme:secret\n");
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 200);
}

/// Editors on Windows begin files with a byte order mark.
#[test]
fn files_with_a_byte_order_mark() {
    let directory = Directory::new();
    let (tokens, users) =
        (directory.put("tokens", "\u{feff}right\r\n"), directory.put("users", "\u{feff}me:secret\r\n"));
    let exporter = builder().bearer_token_file(tokens).serve().expect("a port");
    assert_eq!(bearer(&exporter, "right"), 200);
    let exporter = builder().basic_auth_file(users).serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/metrics", &[RIGHT]).status, 200);
}

#[test]
fn what_cannot_be_asked_for() {
    let directory = Directory::new();
    for builder in [
        builder().bearer_token(""),
        builder().bearer_token("two words"),
        builder().basic_auth("", "secret"),
        builder().basic_auth("a:b", "secret"),
        builder().basic_auth("me", "sec\nret"),
    ] {
        let error = builder.serve().expect_err("no request could present that");
        assert!(matches!(error, ServeError::Credentials), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    for (name, content) in [("empty", "\n"), ("spaces", "two words")] {
        let file = directory.put(name, content);
        let error = builder().bearer_token_file(&file).serve().expect_err("no tokens");
        assert!(matches!(&error, ServeError::CredentialsFile { path, .. } if *path == file), "{error:?}");
        assert!(!format!("{error:?}").contains("two words"), "{error:?}");
    }
    let error = builder().basic_auth_file(directory.join("nowhere")).serve().expect_err("no file");
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn nothing_is_shown() {
    let directory = Directory::new();
    let file = directory.put("tokens", "s3cr3t-1\n");
    let builder = builder().bearer_token("s3cr3t-2").basic_auth("me", "s3cr3t-3").bearer_token_file(file);
    assert!(!format!("{builder:?}").contains("s3cr3t"), "{builder:?}");
    let exporter = builder.serve().expect("a port");
    assert!(!format!("{exporter:?}").contains("s3cr3t"), "{exporter:?}");
}
