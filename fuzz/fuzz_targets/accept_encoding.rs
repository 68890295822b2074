//! Anything as `Accept-Encoding`: the response is coded as the header allows, and decodes to what it is without.

#![no_main]

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use libfuzzer_sys::fuzz_target;
use std::io::Read;
use tallymark_exporter as exporter;
use tallymark_fuzz::scrape::{ask, request};

const TARGET: &str = "/metrics?name[]=tallymark_conflicts_total";

/// Whether a weight is zero; `None` if it is no weight by the grammar: `0` or `1`, and up to three decimals.
fn is_zero(value: &[u8]) -> Option<bool> {
    let decimals = match value {
        [_] => &[][..],
        [_, b'.', decimals @ ..] if decimals.len() <= 3 => decimals,
        _ => return None,
    };
    match value[0] {
        b'0' if decimals.iter().all(u8::is_ascii_digit) => Some(decimals.iter().all(|&digit| digit == b'0')),
        b'1' if decimals.iter().all(|&digit| digit == b'0') => Some(false),
        _ => None,
    }
}

/// Reads one item of the list: the coding in lower case, and whether it is excluded. `None` for everything that the
/// grammar does not have, such as `*;q =0` or `*;level=1;q=0`: that says nothing.
///
/// Source: RFC 9110, sections 12.4.2 (weights) and 12.5.3 (`Accept-Encoding`).
fn mention(item: &[u8]) -> Option<(String, bool)> {
    // Optional whitespace is spaces and tabs.
    let item = std::str::from_utf8(item).ok()?.trim_matches([' ', '\t']);
    let end = item.find([' ', '\t', ';']).unwrap_or(item.len());
    let (coding, rest) = item.split_at(end);
    if coding.is_empty()
        || !coding.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte))
    {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '\t']);
    let excluded = match rest.strip_prefix(';') {
        Some(weight) => match weight.trim_start_matches([' ', '\t']).as_bytes() {
            [b'q' | b'Q', b'=', value @ ..] => is_zero(value)?,
            _ => return None,
        },
        None if rest.is_empty() => false,
        None => return None,
    };
    Some((coding.to_ascii_lowercase(), excluded))
}

/// Whether a coding with these names is acceptable. What excludes a coding holds, whatever else is said of it; `*`
/// is about those that are not named, and what is not compressed is acceptable unless it is excluded.
fn is_acceptable(mentions: &[(String, bool)], names: &[&str]) -> bool {
    let excluded = |names: &[&str]| {
        let of = mentions.iter().filter(|(coding, _)| names.contains(&coding.as_str()));
        of.map(|(_, excluded)| *excluded).reduce(|some, more| some || more)
    };
    !excluded(names).or_else(|| excluded(&["*"])).unwrap_or(names != ["identity"])
}

fuzz_target!(|header: &[u8]| {
    let Some(request) = request(TARGET, ACCEPT_ENCODING, header) else { return };
    let mentions: Vec<_> = header.split(|&byte| byte == b',').filter_map(mention).collect();
    let codings: [&[&str]; 3] = [&["identity"], &["gzip", "x-gzip"], &["zstd"]];
    let [identity, gzip, zstd] = codings.map(|names| is_acceptable(&mentions, names));
    let shown = String::from_utf8_lossy(header);
    // The grammar has no quoted strings. Whether a comma within quotes separates two items is left open.
    let is_clear = !header.contains(&b'"');
    let (response, body) = ask(&mut exporter::service(), request);
    if response.status() == 406 {
        assert!(!identity && (!is_clear || !gzip && !zstd), "refused, but something is acceptable: {shown}");
        return;
    }
    assert_eq!(response.status(), 200);
    let mut whole = Vec::new();
    let acceptable = match response.headers().get(CONTENT_ENCODING).map(|coding| coding.as_bytes()) {
        None => {
            whole = body;
            identity
        }
        Some(b"gzip") => {
            flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut whole).expect("a whole stream");
            gzip
        }
        Some(b"zstd") => {
            whole = zstd::stream::decode_all(body.as_slice()).expect("a whole stream");
            zstd
        }
        Some(other) => panic!("{other:?}"),
    };
    assert!(acceptable || !is_clear, "not acceptable, but sent: {shown}");
    assert!(whole.ends_with(b"\ntallymark_conflicts_total 0\n"));
});
