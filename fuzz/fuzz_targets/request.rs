//! A scraper that says anything: `Accept`, `Accept-Encoding`, `Authorization` and the query, one line each.

#![no_main]

use http::{HeaderValue, Request, StatusCode, Uri, header};
use libfuzzer_sys::fuzz_target;
use tower_service::Service;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|&byte| byte == b'\n');
    let mut request = Request::new(());
    for name in [header::ACCEPT, header::ACCEPT_ENCODING, header::AUTHORIZATION] {
        if let Ok(value) = HeaderValue::from_bytes(lines.next().unwrap_or_default()) {
            request.headers_mut().append(name, value);
        }
    }
    let mut target = b"/metrics?".to_vec();
    target.extend_from_slice(lines.next().unwrap_or_default());
    if let Ok(uri) = Uri::try_from(target) {
        *request.uri_mut() = uri;
    }
    let Ok(mut guarded) = tallymark::exporter::builder().bearer_token("a-token").service() else { return };
    let asked = request.headers().get(header::AUTHORIZATION).cloned();
    let Ok(response) = futures_executor::block_on(guarded.call(request.clone()));
    let admitted = response.status() != StatusCode::UNAUTHORIZED;
    assert!(!admitted || asked.is_some_and(|value| value.as_bytes().ends_with(b"a-token")));
    let Ok(response) = futures_executor::block_on(tallymark::exporter::service().call(request));
    assert!(matches!(response.status().as_u16(), 200 | 400 | 406), "{}", response.status());
});
