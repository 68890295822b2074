//! Settings that cannot be used.

use tallymark_otlp::{BuildError, builder};

#[test]
fn endpoints_are_urls_of_http_servers() {
    for endpoint in ["", "collector:4318", "/v1/metrics", "ftp://collector/", "http://", "http://a b/"] {
        let error = builder().endpoint(endpoint).build().expect_err(endpoint);
        assert!(matches!(error, BuildError::Endpoint { .. }), "{endpoint}: {error:?}");
        assert!(error.to_string().starts_with(&format!("`{endpoint}` is not an endpoint; expected a URL")));
    }
}

#[test]
fn headers_are_named_and_their_values_are_not() {
    for (name, value) in [("no such", "secret"), ("x-token", "se\ncret")] {
        let error = builder().endpoint("http://localhost").header(name, value).build().expect_err(name);
        assert!(error.to_string().contains(name) && !format!("{error:?}").contains("cret"), "{error:?}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_takes_a_feature() {
    let error = builder().endpoint("https://localhost").build().expect_err("it is off");
    assert!(error.to_string().contains("features = [\"tls\"]"), "{error}");
}
