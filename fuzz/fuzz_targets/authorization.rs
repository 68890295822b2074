//! Anything as `Authorization`: nobody is admitted but with the token.

#![no_main]

use http::header::AUTHORIZATION;
use libfuzzer_sys::fuzz_target;
use tallymark_exporter as exporter;
use tallymark_fuzz::scrape::{ask, request};

/// What admits, read in the simplest way.
fn admits(header: &[u8]) -> bool {
    let header = header.trim_ascii();
    let (scheme, token) = header.split_at(header.len().min("bearer ".len()));
    scheme.eq_ignore_ascii_case(b"bearer ") && token.trim_ascii() == b"a-token"
}

fuzz_target!(|header: &[u8]| {
    let mut service = exporter::builder().bearer_token("a-token").service().expect("a good token");
    // The token itself is too rare to be found by chance.
    for header in [header.to_vec(), [header, b"a-token"].concat(), [b"Bearer a-token", header].concat()] {
        let Some(request) = request("/metrics?name[]=none", AUTHORIZATION, &header) else { continue };
        let (response, _) = ask(&mut service, request);
        assert_eq!(response.status() == 200, admits(&header), "{}", String::from_utf8_lossy(&header));
        assert!(response.status() == 200 || response.status() == 401);
    }
});
