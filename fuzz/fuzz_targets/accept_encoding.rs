//! Anything as `Accept-Encoding`: the answer is coded as the header says, and holds what it holds without.

#![no_main]

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use libfuzzer_sys::fuzz_target;
use std::io::Read;
use tallymark_exporter as exporter;
use tallymark_fuzz::scrape::{ask, request};

const TARGET: &str = "/metrics?name[]=tallymark_conflicts_total";

fuzz_target!(|header: &[u8]| {
    let Some(request) = request(TARGET, ACCEPT_ENCODING, header) else { return };
    let said = String::from_utf8_lossy(header).to_ascii_lowercase();
    let (response, body) = ask(&mut exporter::service(), request);
    if response.status() == 406 {
        // Nothing is refused to whoever excludes nothing.
        assert!(
            said.contains("q=0") || said.contains("q=.0") || said.contains("q =") || said.contains("= "),
            "{said}"
        );
        return;
    }
    assert_eq!(response.status(), 200);
    let mut whole = Vec::new();
    match response.headers().get(CONTENT_ENCODING).map(|coding| coding.as_bytes()) {
        None => whole = body,
        Some(b"gzip") => {
            assert!(said.contains("gzip") || said.contains('*'));
            flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut whole).expect("a whole stream");
        }
        Some(b"zstd") => {
            assert!(said.contains("zstd") || said.contains('*'));
            whole = zstd::stream::decode_all(body.as_slice()).expect("a whole stream");
        }
        Some(other) => panic!("{other:?}"),
    }
    assert!(whole.ends_with(b"\ntallymark_conflicts_total 0\n"));
});
