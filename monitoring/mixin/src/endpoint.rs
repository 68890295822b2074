//! The endpoint that a scraper reads.

use tallymark_panels::Access;

/// The endpoint of the program's metrics, for which scrape configurations and deployment files are written.
///
/// ```
/// use tallymark_mixin::Endpoint;
///
/// let guarded = Endpoint::new(9464).bearer_token().tls();
/// # let _ = guarded;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) port: u16,
    pub(crate) path: String,
    pub(crate) credentials: Credentials,
    pub(crate) tls: bool,
    pub(crate) client_certificate: bool,
}

/// The credentials that the endpoint requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    None,
    Token,
    Basic { user: String },
}

impl Endpoint {
    /// Creates an endpoint at `/metrics` that anyone in the network may read.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            path: "/metrics".to_owned(),
            credentials: Credentials::None,
            tls: false,
            client_certificate: false,
        }
    }

    /// Sets the path of the metrics.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Requires a token of a scraper. It is read from `prometheus/secrets/metrics_token`, which the operator writes.
    #[must_use]
    pub fn bearer_token(mut self) -> Self {
        self.credentials = Credentials::Token;
        self
    }

    /// Requires a name and a password of a scraper. The password is read from `prometheus/secrets/metrics_password`.
    #[must_use]
    pub fn basic_auth(mut self, user: impl Into<String>) -> Self {
        self.credentials = Credentials::Basic { user: user.into() };
        self
    }

    /// Serves over TLS, with a certificate that `prometheus/secrets/ca.pem` has signed.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Requires a certificate of a scraper: `prometheus/secrets/client.pem` and `client.key`. Implies [`tls`](Self::tls).
    #[must_use]
    pub fn client_certificate(mut self) -> Self {
        self.client_certificate = true;
        self.tls()
    }

    /// Returns whether the endpoint requires credentials or a client certificate.
    pub fn is_guarded(&self) -> bool {
        self.credentials != Credentials::None || self.client_certificate
    }

    /// Returns the files in `prometheus/secrets` that the scrape configuration needs.
    pub(crate) fn secrets(&self) -> Vec<&'static str> {
        let mut files = match self.credentials {
            Credentials::None => Vec::new(),
            Credentials::Token => vec!["metrics_token"],
            Credentials::Basic { .. } => vec!["metrics_password"],
        };
        if self.tls {
            files.push("ca.pem");
        }
        if self.client_certificate {
            files.extend(["client.pem", "client.key"]);
        }
        files
    }
}

impl From<Endpoint> for Access {
    fn from(endpoint: Endpoint) -> Self {
        let guarded = endpoint.is_guarded();
        let access = if guarded { Self::guarded } else { Self::open };
        access(endpoint.port, endpoint.path)
    }
}

impl Default for Endpoint {
    /// Creates the endpoint that `tallymark-endpoint` serves by default: port 9464, without credentials.
    fn default() -> Self {
        Self::new(9464)
    }
}
