use base64::{Engine, prelude::BASE64_STANDARD};
use http::header::AUTHORIZATION;
use proptest::prelude::*;

use super::{authorization::Authorization, *};

fn network(text: &str) -> Network {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn networks() {
    for (text, inside, outside) in [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
        ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
        ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
        ("192.0.2.7/32", "192.0.2.7", "::1"),
        ("0.0.0.0/0", "255.255.255.255", "::1"),
        ("::/0", "fe80::1", "127.0.0.1"),
        ("::1", "::1", "::2"),
        ("fd00::/8", "fdff::1", "fe00::1"),
        ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"),
        ("::ffff:0:0/96", "203.0.113.1", "2001:db8::1"),
        ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
    ] {
        assert!(network(text).contains(inside.parse().expect("an address")), "{text} {inside}");
        assert!(!network(text).contains(outside.parse().expect("an address")), "{text} {outside}");
    }
}

#[test]
fn no_networks() {
    for text in [
        "",
        "/",
        "10.0.0.0/",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0/8",
        "localhost",
        "10.0.0.0/8/8",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
    let error = "10.1.2.3/8".parse::<Network>().expect_err("it goes on after the bits that count");
    assert!(error.to_string().contains("10.0.0.0"), "{error}");
}

/// The headers of a request with these credentials.
fn headers(values: &[&str]) -> HeaderMap {
    values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_str(value).expect("a value"))).collect()
}

fn guard() -> Guard {
    let mut guard = Guard::default();
    guard.credentials.give(Scheme::Bearer, Secret::token(b"s3cr3t").expect("a token"));
    guard.credentials.give(Scheme::Basic, Secret::user(b"me:pass:word").expect("a user"));
    guard
}

fn passes(values: &[&str]) -> bool {
    guard().check(Peer::Unknown, &headers(values), false).is_ok()
}

#[test]
fn credentials() {
    let basic = |user: &str| format!("Basic {}", BASE64_STANDARD.encode(user));
    for right in ["Bearer s3cr3t", "bearer s3cr3t", "BEARER   s3cr3t ", &basic("me:pass:word")] {
        assert!(passes(&[right]), "{right}");
    }
    assert!(passes(&[basic("me:pass:word").trim_end_matches('=')]));
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Bearers3cr3t",
        "Bearer s3cr3",
        "Bearer s3cr3ts3cr3t",
        "Bearer S3CR3T",
        "s3cr3t",
        "Bearer s3cr3t s3cr3t",
        "Bearer s3cr3t, Bearer x",
        "Basic s3cr3t",
        "Basic me:pass:word",
        "Digest s3cr3t",
        "Bearer me:pass:word",
        "Basic ====",
        &basic("me:"),
        &basic("me"),
        &basic("me:pass"),
        &basic(":pass:word"),
        &basic("s3cr3t"),
        &basic("you:pass:word"),
    ] {
        assert!(!passes(&[wrong]), "{wrong}");
    }
    assert!(!passes(&[]));
    // Which of them counts is not for us to guess.
    assert!(!passes(&["Bearer s3cr3t", "Bearer s3cr3t"]));
}

#[test]
fn challenges() {
    let Err(Denied::Credentials(challenges)) = guard().check(Peer::Unknown, &HeaderMap::new(), false) else {
        panic!()
    };
    assert_eq!(challenges, ["Bearer realm=\"metrics\"", "Basic realm=\"metrics\", charset=\"UTF-8\""]);
    let tried = guard().check(Peer::Unknown, &headers(&["Bearer x"]), false);
    let Err(Denied::Credentials(challenges)) = tried else { panic!() };
    assert_eq!(challenges[0], "Bearer realm=\"metrics\", error=\"invalid_token\"");
}

#[test]
fn addresses_come_first() {
    let guard = Guard { networks: vec![network("127.0.0.0/8")], ..guard() };
    let right = headers(&["Bearer s3cr3t"]);
    let check = |peer| guard.check(peer, &right, false);
    assert!(check(Peer::Address([127, 0, 0, 1].into())).is_ok());
    assert!(check(Peer::Local).is_ok());
    assert!(matches!(check(Peer::Unknown), Err(Denied::Address)));
    assert!(matches!(check(Peer::Address([192, 0, 2, 1].into())), Err(Denied::Address)));
}

#[test]
fn nothing_is_shown() {
    let shown = format!("{:?}", guard());
    assert!(!shown.contains("s3cr3t") && !shown.contains("pass") && !shown.contains("me:"), "{shown}");
}

#[test]
fn what_is_no_secret() {
    for token in ["", " ", "a b", "a\n", "\u{fc}"] {
        assert!(Secret::token(token.as_bytes()).is_none(), "{token:?}");
    }
    for user in ["", ":", ":password", "name", "na\tme:password", "name:pass\nword"] {
        assert!(Secret::user(user.as_bytes()).is_none(), "{user:?}");
    }
    assert!(Secret::user(b"name:").is_some());
}

proptest! {
    #[test]
    fn anything_is_read(value in prop::collection::vec(any::<u8>(), 0..200), scheme in "(?i)(Bearer|Basic|) {0,2}") {
        let _ = Authorization::parse(&value);
        let _ = Authorization::parse(&[scheme.as_bytes(), &value].concat());
    }

    /// Nothing but the token passes.
    #[test]
    fn only_the_token(sent in "[a-z0-9]{1,12}|s3cr3t[a-z0-9]{0,12}|(s3cr3t){1,3}") {
        prop_assert_eq!(passes(&[&format!("Bearer {sent}")]), sent == "s3cr3t");
    }

    #[test]
    fn comparing(own in "[!-~]{1,40}", sent in prop::collection::vec(any::<u8>(), 0..60)) {
        let secret = Secret::token(own.as_bytes()).expect("a token");
        prop_assert_eq!(bool::from(secret.matches(&sent)), own.as_bytes() == sent);
        prop_assert!(bool::from(secret.matches(own.as_bytes())));
    }

    /// A network contains exactly the addresses that begin like it.
    #[test]
    fn prefixes(base: u32, prefix in 0..=32_u32, other: u32) {
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        let network = network(&format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(base & mask)));
        let other = if other % 2 == 0 { other } else { (base & mask) | (other & !mask) };
        prop_assert_eq!(network.contains(std::net::Ipv4Addr::from_bits(other).into()), other & mask == base & mask);
    }

    #[test]
    fn any_text_may_be_no_network(text in "[0-9a-f:./]{0,40}|.*") {
        let _ = text.parse::<Network>();
    }
}

/// A browser asks people for a name and a password, and for no token.
#[test]
fn a_token_is_the_password_of_any_user() {
    let basic = |user: &str| format!("Basic {}", BASE64_STANDARD.encode(user));
    for right in ["any:s3cr3t", ":s3cr3t"] {
        assert!(passes(&[&basic(right)]), "{right}");
    }
    for wrong in ["s3cr3t:", "s3cr3t", "any:s3cr3t:", "any:s3cr3", "any:me:pass:word", ":"] {
        assert!(!passes(&[&basic(wrong)]), "{wrong}");
    }
    let mut tokens = Guard::default();
    tokens.credentials.give(Scheme::Bearer, Secret::token(b"s3cr3t").expect("a token"));
    for (is_page, number) in [(false, 1), (true, 2)] {
        let Err(Denied::Credentials(challenges)) = tokens.check(Peer::Unknown, &HeaderMap::new(), is_page)
        else {
            panic!("it passes");
        };
        assert_eq!(challenges.len(), number);
    }
}
