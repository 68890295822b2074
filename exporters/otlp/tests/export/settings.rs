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

#[cfg(feature = "tls")]
#[test]
fn certificates_are_read_when_it_is_built() {
    use std::error::Error;
    let settings = || builder().endpoint("https://localhost");
    let error = settings().certificate("/no/such/file.pem").build().expect_err("there is none");
    assert!(error.to_string().contains("/no/such/file.pem") && error.source().is_some(), "{error}");
    let error = settings().certificate(file!()).build();
    assert!(error.is_err(), "this file has no certificate in it, wherever it is");
}
