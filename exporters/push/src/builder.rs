//! How a push is set up.

use std::{collections::BTreeMap, time::Duration};

use tallymark_core::registry::Format;

use super::{
    credentials::Credentials,
    error::BuildError,
    exchange::Settings,
    gateway::Gateway,
    grouping,
    target::{Target, without_user},
};

/// Longer than any timeout makes sense, and short enough to be added to any instant.
pub(super) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How often a request is sent on when redirects are followed.
const REDIRECTS: usize = 5;

/// Settings of a push. Made by [`builder`](super::builder).
///
/// ```
/// use std::time::Duration;
///
/// let gateway = tallymark_push::builder("gateway:9091", "nightly_import")
///     .grouping("instance", "worker-1")
///     .basic_auth("importer", "secret")
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(gateway.url(), "http://gateway:9091/metrics/job/nightly_import/instance/worker-1");
/// # Ok::<(), tallymark_push::BuildError>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing can be pushed before `build` is called"]
pub struct Builder {
    url: String,
    job: String,
    labels: BTreeMap<String, String>,
    credentials: Option<Result<Credentials, BuildError>>,
    timeout: Duration,
    redirects: usize,
    format: Format,
    gzip: bool,
    #[cfg(feature = "tls")]
    files: super::tls::Files,
}

impl Builder {
    pub(super) fn new(url: String, job: String) -> Self {
        Self {
            url,
            job,
            labels: BTreeMap::new(),
            credentials: None,
            timeout: Duration::from_secs(30),
            redirects: 0,
            format: Format::Text004,
            gzip: false,
            #[cfg(feature = "tls")]
            files: super::tls::Files::default(),
        }
    }

    /// Adds a label to the grouping key. Of two with one name the last counts.
    ///
    /// The job and these labels name the group that is replaced, and become labels of every metric in it, whatever the
    /// metric itself says. The value may be any text; what cannot stand in a URL is encoded.
    pub fn grouping(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Sends a user name and a password, by RFC 7617. They are seen by all who see the traffic, so use https.
    pub fn basic_auth(mut self, user: &str, password: &str) -> Self {
        self.credentials = Some(Credentials::basic(user, password));
        self
    }

    /// Sends a token, by RFC 6750. It is seen by all who see the traffic, so use https.
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.credentials = Some(Credentials::bearer(token));
        self
    }

    /// How long a push may take with everything that belongs to it; 30 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// Whether to follow redirects, up to five; not if not set.
    ///
    /// Method and metrics are sent again as they are, after 301, 302 and 303 as well; only a deletion is sent again after
    /// 307 and 308 alone. Credentials go to no other server than the gateway, and nothing goes from https to http.
    pub fn follow_redirects(mut self, follow: bool) -> Self {
        self.redirects = if follow { REDIRECTS } else { 0 };
        self
    }

    /// Whether to send protobuf instead of the text format 0.0.4; not if not set. Only protobuf has native histograms.
    pub fn protobuf(mut self, protobuf: bool) -> Self {
        self.format = if protobuf { Format::Protobuf } else { Format::Text004 };
        self
    }

    /// Whether to compress what is sent; not if not set. Pushgateways read that from version 1.5 on.
    #[cfg(feature = "gzip")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gzip")))]
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// Trusts the authorities whose certificates are in this PEM file, and no others.
    ///
    /// If not set, those that the system trusts. There is no way to trust everybody.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn ca_file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.files.authorities = Some(path.into());
        self
    }

    /// Shows this certificate to a gateway that asks for one.
    ///
    /// Two PEM files: the certificate, followed by those between it and its authority, and the key.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<std::path::PathBuf>,
        key: impl Into<std::path::PathBuf>,
    ) -> Self {
        self.files.identity = Some((certificate.into(), key.into()));
        self
    }

    /// Checks the settings, and reads certificates. Nothing is sent.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Gateway, BuildError> {
        let base = Target::gateway(&self.url)
            .map_err(|why| BuildError::InvalidUrl { url: without_user(&self.url), why })?;
        let target = base.below(&grouping::path(&self.job, &self.labels)?);
        #[cfg(feature = "tls")]
        let connector = if target.https() {
            Some(self.files.read()?)
        } else if self.redirects > 0 {
            // For a redirect to https. Without such a redirect, certificates are not missed.
            self.files.read().ok()
        } else {
            None
        };
        #[cfg(not(feature = "tls"))]
        let connector = None;
        Ok(Gateway::new(Settings {
            target,
            credentials: self.credentials.transpose()?,
            timeout: self.timeout,
            redirects: self.redirects,
            format: self.format,
            gzip: self.gzip,
            connector,
        }))
    }
}
