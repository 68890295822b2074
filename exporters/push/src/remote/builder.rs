//! How Remote Write is set up.

use std::{collections::BTreeMap, fmt, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING,
        USER_AGENT,
    },
};

use super::{
    client::Receiver,
    control::{Control, Report},
    guard::{Plan, RemoteWriteGuard},
    meters::Meters,
    retry::Backoff,
    version::{Negotiation, RemoteWriteProtocol},
};
use crate::{
    builder::LONGEST,
    credentials::Credentials,
    error::{BuildError, PushError},
    grouping,
    guard::print,
    target::{Target, without_user},
};

/// Settings of Remote Write. Made by [`remote_write`](crate::remote_write).
#[must_use = "nothing is written before `start` is called"]
pub struct RemoteWriteBuilder {
    url: String,
    interval: Duration,
    timeout: Duration,
    shutdown_timeout: Duration,
    backoff: (Duration, Duration),
    queue: usize,
    protocol: RemoteWriteProtocol,
    external: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
    credentials: Option<Result<Credentials, BuildError>>,
    stale_at_exit: bool,
    report: Report,
    #[cfg(feature = "tls")]
    files: crate::tls::Files,
}

impl RemoteWriteBuilder {
    pub(crate) fn new(url: String) -> Self {
        let seconds = Duration::from_secs;
        Self {
            url,
            interval: seconds(15),
            timeout: seconds(30),
            shutdown_timeout: seconds(5),
            backoff: (seconds(1), seconds(30)),
            queue: 8 << 20,
            protocol: RemoteWriteProtocol::Negotiated,
            external: BTreeMap::new(),
            headers: Vec::new(),
            credentials: None,
            stale_at_exit: true,
            report: Box::new(|error: &PushError| print(error)),
            #[cfg(feature = "tls")]
            files: crate::tls::Files::default(),
        }
    }

    /// The time from one reading of all metrics to the next; 15 seconds if not set.
    pub fn interval(mut self, interval: Duration) -> Self {
        // An interval of zero would be a loop without a pause.
        self.interval = interval.clamp(Duration::from_millis(1), LONGEST);
        self
    }

    /// Adds a label to every series, as `external_labels` of Prometheus does. A label of the series with the same name takes
    /// precedence.
    ///
    /// Two processes that write the same series overwrite each other's samples: give each an `instance` of its own.
    pub fn external_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.external.insert(name.into(), value.into());
        self
    }

    /// Adds a header to each request, such as the one that names a tenant. Of two with one name the last one is sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
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

    /// How long one request may take with everything that belongs to it; 30 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// How long the end of the program waits for what is not written yet; 5 seconds if not set.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout.min(LONGEST);
        self
    }

    /// The first and the longest pause before a request is sent again; 1 and 30 seconds if not set. Each pause is about twice
    /// as long as the one before. A `Retry-After` of the receiver takes precedence.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        let longest = longest.min(LONGEST);
        // Without a pause, a receiver that is down would be asked all the time.
        self.backoff = (first.max(Duration::from_millis(1)), longest.max(Duration::from_millis(1)));
        self
    }

    /// How much memory the requests that wait for the receiver may take, in bytes; 8 MiB if not set.
    ///
    /// When it is used up, the oldest ones are dropped and counted in `tallymark_remote_write_dropped_total`. A value takes 10 to
    /// 40 bytes.
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue = bytes;
        self
    }

    /// Which version of the protocol is spoken: if not set, 2.0, and 1.0 with receivers that do not know it.
    pub fn protocol(mut self, protocol: RemoteWriteProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Whether all series are marked as ended when the program ends, as the protocol demands; they are if not set.
    ///
    /// Graphs end there, and queries for the present no longer find them. For a job whose last values are to be seen for some
    /// minutes after its end, switch it off.
    pub fn stale_at_exit(mut self, stale: bool) -> Self {
        self.stale_at_exit = stale;
        self
    }

    /// What to do with an error. If not set, it goes to the standard error stream as one line.
    ///
    /// An error that repeats itself is reported once. It is called by a thread that has nothing else to do meanwhile, so it may
    /// block.
    pub fn on_error(mut self, report: impl FnMut(&PushError) + Send + 'static) -> Self {
        self.report = Box::new(report);
        self
    }

    /// Trusts the authorities whose certificates are in this PEM file, and no others.
    ///
    /// If not set, those that the system trusts. Verification cannot be switched off.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn ca_file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.files.authorities = Some(path.into());
        self
    }

    /// Shows this certificate to a receiver that asks for one.
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

    /// Checks the settings, reads certificates, and starts the threads that read and send.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn start(self) -> Result<RemoteWriteGuard, BuildError> {
        let target = Target::receiver(&self.url)
            .map_err(|why| BuildError::InvalidUrl { url: without_user(&self.url), why })?;
        for name in self.external.keys() {
            if let Some(why) = grouping::name_fault(name) {
                return Err(BuildError::InvalidExternalLabel { name: name.clone(), why });
            }
        }
        #[cfg(feature = "tls")]
        let connector = target.https().then(|| self.files.read()).transpose()?;
        #[cfg(not(feature = "tls"))]
        let connector = None;
        let headers = headers(&self.headers, self.credentials.transpose()?)?;
        let negotiation = Negotiation::new(self.protocol);
        let control = Control::new(self.queue, negotiation, self.report, Meters::declare()?, target.shown());
        let receiver = Receiver { target, headers, connector, timeout: self.timeout };
        let (first, longest) = self.backoff;
        RemoteWriteGuard::start(
            control,
            receiver,
            Plan {
                interval: self.interval,
                shutdown_timeout: self.shutdown_timeout,
                backoff: Backoff::new(first, longest),
                external: self.external.into_iter().collect(),
                stale_at_exit: self.stale_at_exit,
            },
        )
    }
}

/// The headers of each request, apart from those of the protocol.
fn headers(set: &[(String, String)], credentials: Option<Credentials>) -> Result<HeaderMap, BuildError> {
    let mut headers = HeaderMap::new();
    for (name, value) in set {
        let invalid = |why| BuildError::InvalidHeader { name: name.clone(), why };
        let header =
            HeaderName::try_from(name).map_err(|_| invalid("a name is letters, digits and hyphens"))?;
        let mut value = HeaderValue::try_from(value).map_err(|_| invalid("a value is visible ASCII"))?;
        // Source: Prometheus, "Remote-Write 2.0 specification", "Protocol"; the others are HTTP's.
        let reserved =
            [CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT, HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];
        if reserved.contains(&header) || header.as_str().starts_with("x-prometheus-remote-write-") {
            return Err(invalid("the protocol sets it"));
        }
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    if let Some(credentials) = credentials {
        headers.insert(AUTHORIZATION, credentials.value());
    }
    Ok(headers)
}

impl fmt::Debug for RemoteWriteBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteWriteBuilder").field("url", &without_user(&self.url)).finish_non_exhaustive()
    }
}
