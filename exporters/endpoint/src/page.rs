//! The page at `/`, which says what the endpoint serves, and what pages may do in a browser.

use std::fmt::Write as _;

use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};

use super::{body::Body, response::plain_response};

const STYLE: &str = include_str!("page.css");

/// The style of the page is part of it, and named by its SHA-256.
const OWN_STYLE: &str = "default-src 'none'; style-src 'sha256-NYFJChqkfnG6M3II8dT41tRvl6zU144rMvvcahMnGms='; img-src data:; base-uri 'none'; \
                         form-action 'none'; frame-ancestors 'none'";

/// Scripts and styles are files of the endpoint, data come from it, and no text becomes part of a page as markup.
#[cfg(feature = "live")]
const OWN_FILES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// What a page may load.
#[derive(Clone, Copy, Debug)]
pub(super) enum Policy {
    /// Nothing; its style is in it.
    OwnStyle,
    /// Files and data of the endpoint.
    #[cfg(feature = "live")]
    OwnFiles,
}

/// Keeps a browser from loading, running and sending anything else.
pub(super) fn protect(headers: &mut HeaderMap, policy: Policy) {
    let policy = match policy {
        Policy::OwnStyle => OWN_STYLE,
        #[cfg(feature = "live")]
        Policy::OwnFiles => OWN_FILES,
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let resources = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(resources, HeaderValue::from_static("same-origin"));
    let openers = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(openers, HeaderValue::from_static("same-origin"));
}

/// Returns the page that says what is here.
pub(super) fn index(path: &str, live: Option<&str>, host: Option<&HeaderValue>) -> Response<Body> {
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or("the host and port of this page");
    let mut response = plain_response(StatusCode::OK, Body::text(text(path, live, host)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    protect(headers, Policy::OwnStyle);
    response
}

fn text(path: &str, live: Option<&str>, host: &str) -> String {
    let shown = escape(path);
    // Relative, so that it works behind a proxy that has put it elsewhere.
    let link = |path: &str| escape(path.trim_start_matches('/'));
    let mut items = String::new();
    if let Some(live) = live {
        let _ = write!(
            items,
            "<li><a href=\"{}\">{}</a><p>What they have been doing in the last minutes: rates, quantiles, states; the \
             search over all of them, the series that they have, and what the doctor finds.</p></li>",
            link(live),
            escape(live)
        );
    }
    let _ = write!(
        items,
        "<li><a href=\"{}\">{shown}</a><p>All metrics, for Prometheus and whatever reads its formats: text, OpenMetrics \
         or protobuf, as the request accepts. <code>?name[]=…</code> selects some.</p></li>",
        link(path)
    );
    let metrics_path =
        if path == "/metrics" { String::new() } else { format!("    metrics_path: {shown}\n") };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Metrics</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Metrics of this program</h1>\n<ul>{items}</ul>\n\
         <h2>prometheus.yml</h2>\n<pre>scrape_configs:\n  - job_name: app\n{metrics_path}    static_configs:\n      \
         - targets: [\"{}\"]</pre>\n<footer>tallymark {}</footer>\n</main>\n</body>\n</html>\n",
        escape(host),
        env!("CARGO_PKG_VERSION")
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    #[test]
    fn the_style_is_the_one_that_the_policy_names() {
        let hash = ring::digest::digest(&ring::digest::SHA256, STYLE.as_bytes());
        let named = format!("'sha256-{}'", STANDARD.encode(hash));
        assert!(OWN_STYLE.contains(&named), "the policy has to name {named}");
    }

    #[test]
    fn paths_are_texts() {
        let page = text("/a&\"<b>'", Some("/live"), "<host>");
        assert!(
            page.contains("<a href=\"a&amp;&quot;&lt;b&gt;&#39;\">/a&amp;&quot;&lt;b&gt;&#39;</a>"),
            "{page}"
        );
        assert!(page.contains("metrics_path: /a&amp;"), "{page}");
        assert!(page.contains("<a href=\"live\">/live</a>"), "{page}");
        let plain = text("/metrics", None, "test:9464");
        assert!(
            page.contains("targets: [\"&lt;host&gt;\"]") && plain.contains("targets: [\"test:9464\"]"),
            "{page}"
        );
        assert!(!plain.contains("live") && !plain.contains("metrics_path"), "{plain}");
    }
}
