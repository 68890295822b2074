//! Where a request goes: the parts of a URL that a client needs.

use std::fmt;

use http::{Uri, uri::Authority};

/// What a gateway's URL may be.
const GATEWAY: &str = "a gateway is given as `host`, `host:port`, `http://host:port` or `https://host:port`, with a \
                       path if it has a prefix, and without user, query and fragment";

/// What a receiver's URL may be.
#[cfg(feature = "remote-write")]
const RECEIVER: &str = "a receiver is given as its whole URL, such as `http://host:9090/api/v1/write`, without user and \
                        fragment";

/// Job and grouping key are settings of their own.
const GROUPED: &str = "what follows from `/metrics/job` on is added here: give the gateway's URL without it";

/// The URL of a request, which is `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    https: bool,
    authority: Authority,
    /// With the query, if there is one.
    path: String,
}

impl Target {
    /// The base of a gateway. Without a scheme it is `http`.
    pub(super) fn gateway(url: &str) -> Result<Self, &'static str> {
        let given = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let (target, query) = Self::absolute(&given).ok_or(GATEWAY)?;
        if query || given.contains('#') {
            return Err(GATEWAY);
        }
        if target.https && !cfg!(feature = "tls") {
            return Err("https needs the feature `tls`");
        }
        let grouped = target.path.split_once("/metrics/job");
        if grouped.is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(['/', '@'])) {
            return Err(GROUPED);
        }
        let path = target.path.trim_end_matches('/').to_owned();
        Ok(Self { path, ..target })
    }

    /// The URL of a receiver of Remote Write, which is used as it is.
    #[cfg(feature = "remote-write")]
    pub(super) fn receiver(url: &str) -> Result<Self, &'static str> {
        let (target, _) = Self::absolute(url).filter(|_| !url.contains('#')).ok_or(RECEIVER)?;
        if target.https && !cfg!(feature = "tls") {
            return Err("https needs the feature `tls`");
        }
        Ok(target)
    }

    /// The URL without its query, in which there may be secrets.
    pub(super) fn shown(&self) -> String {
        let shown = self.to_string();
        shown.split_once('?').map_or(shown.as_str(), |(shown, _)| shown).to_owned()
    }

    /// Returns a URL of the same server, at a path below this one.
    pub(super) fn below(&self, path: &str) -> Self {
        Self { path: format!("{}{path}", self.path), ..self.clone() }
    }

    /// Where the `Location` of a response from here leads to, by RFC 3986, section 5.2. Dots in paths are left to the
    /// server.
    pub(super) fn redirected(&self, location: &str) -> Result<Self, &'static str> {
        let location = location.split_once('#').map_or(location, |(location, _)| location);
        let location = location.replace(' ', "%20");
        let scheme = if self.https { "https" } else { "http" };
        let url = if location.contains("://") && !location.starts_with(['/', '?']) {
            location
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{scheme}://{}{location}", self.authority)
        } else {
            let path = self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path);
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{scheme}://{}{folder}/{location}", self.authority)
        };
        let (target, _) =
            Self::absolute(&url).ok_or("it does not lead to an http or https URL without a user")?;
        if self.https && !target.https {
            return Err("it leads from https to http");
        }
        if target.https && !cfg!(feature = "tls") {
            return Err("https needs the feature `tls`");
        }
        Ok(target)
    }

    /// The parts of an absolute URL, and whether it has a query.
    fn absolute(url: &str) -> Option<(Self, bool)> {
        let uri: Uri = url.parse().ok()?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return None,
        };
        let authority = uri.authority()?.clone();
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return None;
        }
        // A port that is not a number is not found by `port_u16`, and must not become the default port.
        if authority.port_u16().is_none() && authority.as_str() != authority.host() {
            return None;
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Some((Self { https, authority, path }, uri.query().is_some()))
    }

    pub(super) fn https(&self) -> bool {
        self.https
    }

    /// The name to look up, without the brackets of an IPv6 address.
    pub(super) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    pub(super) fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(if self.https { 443 } else { 80 })
    }

    /// The value of the `Host` header.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether both are one server, which may see the same credentials.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.https == other.https
            && self.port() == other.port()
            && self.host().eq_ignore_ascii_case(other.host())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", if self.https { "https" } else { "http" }, self.authority, self.path)
    }
}

/// The text of a URL for an error message, without a user and a password.
pub(super) fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let Some((_, rest)) = rest.rsplit_once('@') else { return url.to_owned() };
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gateway(url: &str) -> Target {
        Target::gateway(url).unwrap_or_else(|why| panic!("{url}: {why}"))
    }

    #[test]
    fn gateways() {
        for (url, wanted, host, port) in [
            ("localhost:9091", "http://localhost:9091", "localhost", 9091),
            ("localhost", "http://localhost", "localhost", 80),
            ("http://localhost:9091", "http://localhost:9091", "localhost", 9091),
            ("http://localhost:9091/", "http://localhost:9091", "localhost", 9091),
            ("HTTP://LOCALHOST:9091", "http://LOCALHOST:9091", "LOCALHOST", 9091),
            ("http://gateway/pushed//", "http://gateway/pushed", "gateway", 80),
            ("gateway/metrics/jobs", "http://gateway/metrics/jobs", "gateway", 80),
            ("[::1]:9091", "http://[::1]:9091", "::1", 9091),
            ("127.0.0.1", "http://127.0.0.1", "127.0.0.1", 80),
        ] {
            let target = gateway(url);
            assert_eq!((target.to_string().as_str(), target.host(), target.port()), (wanted, host, port));
        }
        assert_eq!(
            gateway("host/prefix/").below("/metrics/job/a").to_string(),
            "http://host/prefix/metrics/job/a"
        );
    }

    #[cfg(feature = "tls")]
    #[test]
    fn encrypted_gateways() {
        assert_eq!(gateway("https://gateway").port(), 443);
        assert!(gateway("https://gateway").https());
    }

    #[test]
    fn what_is_no_gateway() {
        for url in [
            "",
            "http://",
            "/metrics",
            "ftp://host",
            "unix:///run/socket",
            "http://user:secret@host",
            "user@host:9091",
            "host:port",
            "host:99999",
            "host:",
            "host?query",
            "host/path?",
            "host/path#fragment",
            "two hosts",
            "host/metrics/job",
            "host/prefix/metrics/job/backup",
            "host/metrics/job@base64/YQ",
        ] {
            assert!(Target::gateway(url).is_err(), "{url}");
        }
    }

    #[test]
    fn locations() {
        let from = gateway("http://host:9091/prefix").below("/metrics/job/a");
        for (location, wanted) in [
            ("http://other/metrics/job/a", "http://other/metrics/job/a"),
            ("//other:1/x", "http://other:1/x"),
            (
                "/elsewhere/metrics/job/a?next=http://x",
                "http://host:9091/elsewhere/metrics/job/a?next=http://x",
            ),
            ("b c", "http://host:9091/prefix/metrics/job/b%20c"),
            ("/x#fragment", "http://host:9091/x"),
        ] {
            let target = from.redirected(location).expect("a target");
            assert_eq!(target.to_string(), wanted);
        }
        for location in ["ftp://other/x", "http://user@other/x", "http://", "//"] {
            assert!(from.redirected(location).is_err(), "{location}");
        }
    }

    #[test]
    fn origins() {
        let here = gateway("host:80/a");
        for (other, same) in
            [("http://HOST/b", true), ("host:81/a", false), ("other/a", false), ("host/a", true)]
        {
            assert_eq!(here.same_origin(&gateway(other)), same, "{other}");
        }
    }

    #[test]
    fn no_user_is_shown() {
        assert_eq!(without_user("http://me:secret@host/path"), "http://host/path");
        assert_eq!(without_user("me:secret@host"), "host");
        assert_eq!(without_user("http://host/path"), "http://host/path");
    }

    proptest! {
        #[test]
        fn no_location_panics(url in "\\PC{0,40}", location in "[a-z:/?#@%. \\[\\]]{0,20}") {
            if let Ok(target) = Target::gateway(&url) {
                prop_assert_eq!(Target::gateway(&target.to_string()), Ok(target.clone()));
            }
            let _ = gateway("http://host/a/b").redirected(&location);
        }
    }
}
