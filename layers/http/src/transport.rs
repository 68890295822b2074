//! The rule by which a request is taken to have come encrypted or in clear.

use std::fmt;

use http::Uri;

use crate::{head::RequestHead, label::Transport};

/// How the layer tells the [`Transport`] of a request.
///
/// A service mostly sees what the proxy before it sends, and the proxy says in a header field how the request came to
/// *it*. Any client can send that field, so it counts only if the request came from a proxy that is trusted:
///
/// 1. If the request comes from a trusted proxy, the last value of `X-Forwarded-Proto`, which is the one that the
///    nearest proxy wrote, or else the `proto` of the last element of `Forwarded` (RFC 7239). What is neither `http` nor `https` is
///    passed over.
/// 2. Otherwise the scheme of the request target, which HTTP/2 always gives.
/// 3. Otherwise what the listener speaks: [`listener`](TransportRule::listener), `http` if not said.
///
/// No proxy is trusted unless the rule says so.
///
/// ```
/// use std::net::{IpAddr, SocketAddr};
/// use tallymark_http::{Transport, TransportRule};
///
/// // The listener is only reachable through a proxy.
/// let rule = TransportRule::new().trust_all();
///
/// // The server attaches the peer's address, and only this peer is a proxy.
/// let proxy = IpAddr::from([10, 0, 0, 1]);
/// let rule = TransportRule::new()
///     .trust(move |request| request.extensions.get::<SocketAddr>().is_some_and(|peer| peer.ip() == proxy));
///
/// // The service terminates TLS itself.
/// let rule = TransportRule::new().listener(Transport::Https);
/// # let _ = rule;
/// ```
#[must_use]
pub struct TransportRule {
    listener: Transport,
    trust: Trust,
}

type Predicate = dyn Fn(&RequestHead<'_>) -> bool + Send + Sync;

enum Trust {
    Nobody,
    Everybody,
    If(Box<Predicate>),
}

impl Default for TransportRule {
    fn default() -> Self {
        Self::new()
    }
}

impl TransportRule {
    /// Returns the rule of a listener in clear behind no trusted proxy.
    pub fn new() -> Self {
        Self { listener: Transport::Http, trust: Trust::Nobody }
    }

    /// Sets what the listener speaks.
    pub fn listener(mut self, transport: Transport) -> Self {
        self.listener = transport;
        self
    }

    /// Trusts every request, for a listener that only a proxy can reach.
    pub fn trust_all(mut self) -> Self {
        self.trust = Trust::Everybody;
        self
    }

    /// Trusts a request if `proxy` returns `true`, mostly by the peer's address, which servers attach to the extensions
    /// (axum: `ConnectInfo<SocketAddr>`). The closure runs for each request and should be quick.
    pub fn trust(mut self, proxy: impl Fn(&RequestHead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.trust = Trust::If(Box::new(proxy));
        self
    }

    /// Returns the transport of a request.
    #[inline]
    pub fn of(&self, request: &RequestHead<'_>) -> Transport {
        let trusted = match &self.trust {
            Trust::Nobody => false,
            Trust::Everybody => true,
            Trust::If(proxy) => proxy(request),
        };
        let last = |name| request.headers.get_all(name).iter().next_back()?.to_str().ok();
        let said = if trusted { forwarded(last) } else { None };
        said.unwrap_or_else(|| self.of_target(request.uri))
    }

    /// Returns the transport of a request that comes from no trusted proxy.
    #[inline]
    pub(crate) fn of_target(&self, target: &Uri) -> Transport {
        target.scheme_str().and_then(named).unwrap_or(self.listener)
    }

    /// Whether nothing but the target of a request matters.
    #[inline]
    pub(crate) fn trusts_nobody(&self) -> bool {
        matches!(self.trust, Trust::Nobody)
    }

    /// Returns the transport of a request that is not an [`http::Request`], in the words that [`RequestHead`] has for it.
    ///
    /// `encrypted` says that the listener speaks TLS, which is then not what [`listener`](TransportRule::listener) says.
    pub(crate) fn of_foreign<'a>(
        &self,
        field: impl Fn(&'static str) -> Option<&'a str>,
        scheme: Option<&str>,
        encrypted: bool,
    ) -> Transport {
        let said = if matches!(self.trust, Trust::Everybody) { forwarded(field) } else { None };
        let listener = if encrypted { Transport::Https } else { self.listener };
        said.or_else(|| named(scheme?)).unwrap_or(listener)
    }

    /// Whether it calls a closure that reads a request of a tower service.
    pub(crate) fn reads_requests(&self) -> bool {
        matches!(self.trust, Trust::If(_))
    }
}

impl fmt::Debug for TransportRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trust = match self.trust {
            Trust::Nobody => "nobody",
            Trust::Everybody => "everybody",
            Trust::If(_) => "by the request",
        };
        f.debug_struct("TransportRule").field("listener", &self.listener).field("trust", &trust).finish()
    }
}

fn named(scheme: &str) -> Option<Transport> {
    if scheme.eq_ignore_ascii_case("https") {
        Some(Transport::Https)
    } else if scheme.eq_ignore_ascii_case("http") {
        Some(Transport::Http)
    } else {
        None
    }
}

/// Returns what the nearest proxy says. `field` returns the last header field of a name.
fn forwarded<'a>(field: impl Fn(&'static str) -> Option<&'a str>) -> Option<Transport> {
    let last = |name| field(name)?.rsplit(',').next();
    if let Some(transport) = last("x-forwarded-proto").and_then(|value| named(value.trim())) {
        return Some(transport);
    }
    let pairs = last("forwarded")?.split(';').filter_map(|pair| pair.split_once('='));
    let mut protos = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("proto"));
    named(protos.next()?.1.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn of(rule: &TransportRule, uri: &str, fields: &[(&'static str, &str)]) -> Transport {
        let mut request = Request::builder().uri(uri);
        for &(name, value) in fields {
            request = request.header(name, value);
        }
        let request = request.body(()).expect("a request");
        rule.of(&RequestHead::of(&request))
    }

    #[test]
    fn fields_count_from_trusted_proxies_only() {
        let field = [("x-forwarded-proto", "https")];
        assert_eq!(of(&TransportRule::new(), "/", &field), Transport::Http);
        assert_eq!(of(&TransportRule::new().trust_all(), "/", &field), Transport::Https);
        let rule = TransportRule::new().trust(|request| request.headers.contains_key("x-peer"));
        assert_eq!(of(&rule, "/", &field), Transport::Http);
        assert_eq!(of(&rule, "/", &[field[0], ("x-peer", "1")]), Transport::Https);
    }

    #[test]
    fn the_nearest_proxy_decides() {
        let rule = TransportRule::new().trust_all();
        let value = |value| of(&rule, "/", &[("x-forwarded-proto", value)]);
        assert_eq!(value("https, http"), Transport::Http);
        assert_eq!(value("http,HTTPS"), Transport::Https);
        assert_eq!(value("gopher"), Transport::Http);
        assert_eq!(
            of(&rule, "/", &[("forwarded", "for=1;proto=http, for=2; Proto=\"https\"")]),
            Transport::Https
        );
        let both = [("x-forwarded-proto", "ftp"), ("forwarded", "proto=https")];
        assert_eq!(of(&rule, "/", &both), Transport::Https);
    }

    #[test]
    fn without_a_field_target_then_listener() {
        let rule = TransportRule::new().listener(Transport::Https).trust_all();
        assert_eq!(of(&rule, "http://shop.example/", &[]), Transport::Http);
        assert_eq!(of(&rule, "/", &[]), Transport::Https);
        assert_eq!(of(&TransportRule::new(), "/", &[]), Transport::Http);
    }
}
