//! Settings from environment variables.

mod error;
mod strays;

use std::{env, ffi::OsString, path::PathBuf, str::FromStr, time::Duration};

pub use self::error::EnvironmentError;
use super::Builder;
use crate::listen::Listen;

/// What each variable may hold, as an error says it.
mod allowed {
    pub(super) const ADDRESS: &str = "addresses separated by commas, each as in `127.0.0.1:9464`, `[::1]:9464`, \
                                      `127.0.0.1:9464-9470` or `unix:/run/app/metrics.sock`";
    pub(super) const PATH: &str =
        "a path as in a request: ASCII, beginning with `/`, without spaces, `?` and `#`";
    pub(super) const NAMESPACE: &str =
        "lower-case letters and digits, one underscore between words, a letter first";
    pub(super) const TOKEN: &str = "visible ASCII without spaces";
    pub(super) const TOKEN_FILE: &str = "the path of a file with a token in each line";
    pub(super) const BASIC_AUTH_FILE: &str = "the path of a file with lines of the form `name:password`";
    pub(super) const ALLOW: &str =
        "addresses and networks separated by commas, as in `10.0.0.0/8,192.0.2.7,fd00::/8`";
    pub(super) const TLS: &str = "the path of a PEM file, the certificate and its key always together";
    pub(super) const SECONDS: &str = "seconds, as in `10` or `0.5`";
    pub(super) const TIMEOUT: &str = "seconds, as in `10` or `0.5`, and not 0";
    pub(super) const NUMBER: &str = "a whole number, as in `16`, and not 0";
    pub(super) const SWITCH: &str = "`on` or `off`";
}

/// Sets a timeout.
type Timeout = fn(Builder, Duration) -> Builder;

impl Builder {
    /// Settings from the environment, so that operators need no code. What is not set keeps its default.
    ///
    /// | variable | setting |
    /// |---|---|
    /// | `TALLYMARK_ADDRESS` | [`address`](Builder::address) and [`listen`](Builder::listen): as [`Listen`] reads them, separated by commas |
    /// | `TALLYMARK_PATH` | [`path`](Builder::path) |
    /// | `TALLYMARK_NAMESPACE` | [`namespace`](Builder::namespace) |
    /// | `TALLYMARK_TOKEN_FILE` | [`bearer_token_file`](Builder::bearer_token_file) |
    /// | `TALLYMARK_TOKEN` | [`bearer_token`](Builder::bearer_token); a file is better, as the environment is inherited |
    /// | `TALLYMARK_BASIC_AUTH_FILE` | [`basic_auth_file`](Builder::basic_auth_file) |
    /// | `TALLYMARK_ALLOW` | [`allow`](Builder::allow): separated by commas |
    /// | `TALLYMARK_TLS_CERT`, `TALLYMARK_TLS_KEY` | `tls` (feature `tls`) |
    /// | `TALLYMARK_TLS_CLIENT_CA` | `client_ca` (feature `tls`) |
    /// | `TALLYMARK_COMPRESSION` | [`compression`](Builder::compression): `on` or `off` |
    /// | `TALLYMARK_LIVE` | `live` (feature `live`): `on` or `off` |
    /// | `TALLYMARK_MAX_SCRAPES` | [`max_scrapes`](Builder::max_scrapes) |
    /// | `TALLYMARK_MAX_CONNECTIONS` | [`max_connections`](Builder::max_connections) |
    /// | `TALLYMARK_READ_TIMEOUT` | [`read_timeout`](Builder::read_timeout), in seconds |
    /// | `TALLYMARK_WRITE_TIMEOUT` | [`write_timeout`](Builder::write_timeout), in seconds |
    /// | `TALLYMARK_REQUEST_TIMEOUT` | [`request_timeout`](Builder::request_timeout), in seconds |
    /// | `TALLYMARK_GRACE` | [`grace`](Builder::grace), in seconds |
    ///
    /// ```no_run
    /// use tallymark::exporter::Builder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let exporter = Builder::from_env()?.serve()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If a variable is not valid: the error names the variable and says what is allowed. A variable that is
    /// set to nothing is wrong, too: an endpoint whose token got lost on the way must not be open instead. One whose name is
    /// mistyped cannot be told from another program's; it becomes a [`Warning`](crate::Warning::NotRead).
    pub fn from_env() -> Result<Self, EnvironmentError> {
        let mut builder = Self::from_variables(&|name| env::var_os(name))?;
        builder.strays = strays::strays(env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
        Ok(builder)
    }

    fn from_variables(read: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let text = |variable, allowed| text(read, variable, allowed);
        let file = |variable, allowed| -> Result<Option<PathBuf>, _> {
            let path = read(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
            if path.is_none() && read(variable).is_some() {
                Err(EnvironmentError::empty(variable, allowed))
            } else {
                Ok(path)
            }
        };
        let mut builder = Self::new();
        if let Some(addresses) = text("TALLYMARK_ADDRESS", allowed::ADDRESS)? {
            builder.listen = list("TALLYMARK_ADDRESS", &addresses, allowed::ADDRESS, Listen::from_str)?;
        }
        if let Some(path) = text("TALLYMARK_PATH", allowed::PATH)? {
            if !super::is_path(&path) {
                return Err(EnvironmentError::invalid("TALLYMARK_PATH", &path, allowed::PATH));
            }
            builder.path = path;
        }
        if let Some(namespace) = text("TALLYMARK_NAMESPACE", allowed::NAMESPACE)? {
            if !is_namespace(&namespace) {
                return Err(EnvironmentError::invalid("TALLYMARK_NAMESPACE", &namespace, allowed::NAMESPACE));
            }
            builder.namespace = Some(namespace);
        }
        if let Some(token) = text("TALLYMARK_TOKEN", allowed::TOKEN)? {
            builder = builder.bearer_token(token).checked("TALLYMARK_TOKEN", allowed::TOKEN)?;
        }
        if let Some(path) = file("TALLYMARK_TOKEN_FILE", allowed::TOKEN_FILE)? {
            builder = builder.bearer_token_file(path).checked("TALLYMARK_TOKEN_FILE", allowed::TOKEN_FILE)?;
        }
        if let Some(path) = file("TALLYMARK_BASIC_AUTH_FILE", allowed::BASIC_AUTH_FILE)? {
            builder = builder
                .basic_auth_file(path)
                .checked("TALLYMARK_BASIC_AUTH_FILE", allowed::BASIC_AUTH_FILE)?;
        }
        if let Some(networks) = text("TALLYMARK_ALLOW", allowed::ALLOW)? {
            let networks = networks.split(',').map(str::trim);
            builder = builder.allow(networks).checked("TALLYMARK_ALLOW", allowed::ALLOW)?;
        }
        let certificate = file("TALLYMARK_TLS_CERT", allowed::TLS)?;
        let key = file("TALLYMARK_TLS_KEY", allowed::TLS)?;
        let clients = file("TALLYMARK_TLS_CLIENT_CA", allowed::TLS)?;
        builder = builder.tls_from(certificate, key, clients)?;
        if let Some(switch) = text("TALLYMARK_COMPRESSION", allowed::SWITCH)? {
            builder.compression = is_on("TALLYMARK_COMPRESSION", &switch)?;
        }
        if let Some(switch) = text("TALLYMARK_LIVE", allowed::SWITCH)? {
            builder = builder.live_from(is_on("TALLYMARK_LIVE", &switch)?)?;
        }
        let number = |variable| {
            let parsed = text(variable, allowed::NUMBER)?.map(|digits| whole(variable, &digits));
            parsed.transpose()
        };
        if let Some(most) = number("TALLYMARK_MAX_SCRAPES")? {
            builder = builder.max_scrapes(most);
        }
        if let Some(most) = number("TALLYMARK_MAX_CONNECTIONS")? {
            builder = builder.max_connections(most);
        }
        // Nothing could be read or written in no time; that a request under way may take none is something to ask for.
        let timeouts: [(_, Timeout, _); 4] = [
            ("TALLYMARK_READ_TIMEOUT", Self::read_timeout, allowed::TIMEOUT),
            ("TALLYMARK_WRITE_TIMEOUT", Self::write_timeout, allowed::TIMEOUT),
            ("TALLYMARK_REQUEST_TIMEOUT", Self::request_timeout, allowed::TIMEOUT),
            ("TALLYMARK_GRACE", Self::grace, allowed::SECONDS),
        ];
        for (variable, set, allowed) in timeouts {
            if let Some(number) = text(variable, allowed)? {
                let time = seconds(&number).filter(|time| allowed == allowed::SECONDS || !time.is_zero());
                let time = time.ok_or_else(|| EnvironmentError::invalid(variable, &number, allowed))?;
                builder = set(builder, time);
            }
        }
        Ok(builder)
    }

    #[cfg(feature = "live")]
    #[allow(clippy::unnecessary_wraps, reason = "without the feature it fails")]
    fn live_from(mut self, is_on: bool) -> Result<Self, EnvironmentError> {
        self.live = if is_on { crate::Live::new() } else { crate::Live::off() };
        Ok(self)
    }

    #[cfg(not(feature = "live"))]
    fn live_from(self, is_on: bool) -> Result<Self, EnvironmentError> {
        let unsupported = EnvironmentError::Unsupported { variable: "TALLYMARK_LIVE", feature: "live" };
        if is_on { Err(unsupported) } else { Ok(self) }
    }

    #[cfg(feature = "tls")]
    fn tls_from(
        mut self,
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
        clients: Option<PathBuf>,
    ) -> Result<Self, EnvironmentError> {
        use crate::{
            error::ServeError,
            tls::{Paths, Tls},
        };

        let missing = |variable, by| EnvironmentError::Missing { variable, by };
        let (certificate, key) = match (certificate, key) {
            (Some(certificate), Some(key)) => (certificate, key),
            (Some(_), None) => return Err(missing("TALLYMARK_TLS_KEY", "TALLYMARK_TLS_CERT")),
            (None, Some(_)) => return Err(missing("TALLYMARK_TLS_CERT", "TALLYMARK_TLS_KEY")),
            (None, None) if clients.is_some() => {
                return Err(missing("TALLYMARK_TLS_CERT", "TALLYMARK_TLS_CLIENT_CA"));
            }
            (None, None) => return Ok(self),
        };
        let paths = Paths { certificate: certificate.clone(), key: key.clone(), clients: clients.clone() };
        Tls::open(paths).map_err(|source| EnvironmentError::Unusable {
            variable: "TALLYMARK_TLS_CERT",
            allowed: allowed::TLS,
            source: Box::new(ServeError::Tls { source }),
        })?;
        self.certificate = Some((certificate, key));
        self.clients = clients;
        Ok(self)
    }

    #[cfg(not(feature = "tls"))]
    fn tls_from(
        self,
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
        clients: Option<PathBuf>,
    ) -> Result<Self, EnvironmentError> {
        let variables = ["TALLYMARK_TLS_CERT", "TALLYMARK_TLS_KEY", "TALLYMARK_TLS_CLIENT_CA"];
        let set = [certificate, key, clients].into_iter().zip(variables).find(|(path, _)| path.is_some());
        set.map_or(Ok(self), |(_, variable)| Err(EnvironmentError::Unsupported { variable, feature: "tls" }))
    }

    /// Blames a variable for what was wrong with the setting.
    fn checked(mut self, variable: &'static str, allowed: &'static str) -> Result<Self, EnvironmentError> {
        match self.error.take() {
            None => Ok(self),
            Some(source) => Err(EnvironmentError::Unusable { variable, allowed, source: Box::new(source) }),
        }
    }
}

fn is_on(variable: &'static str, switch: &str) -> Result<bool, EnvironmentError> {
    match switch {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(EnvironmentError::invalid(variable, other, allowed::SWITCH)),
    }
}

fn text(
    read: &dyn Fn(&str) -> Option<OsString>,
    variable: &'static str,
    allowed: &'static str,
) -> Result<Option<String>, EnvironmentError> {
    let Some(value) = read(variable) else { return Ok(None) };
    match value.into_string() {
        Ok(text) if !text.is_empty() => Ok(Some(text)),
        Ok(_) => Err(EnvironmentError::empty(variable, allowed)),
        Err(_) => Err(EnvironmentError::NotUnicode { variable, allowed }),
    }
}

fn list<T, E>(
    variable: &'static str,
    text: &str,
    allowed: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, EnvironmentError> {
    let items = text.split(',').map(str::trim);
    items.map(|item| parse(item).map_err(|_| EnvironmentError::invalid(variable, item, allowed))).collect()
}

fn whole(variable: &'static str, digits: &str) -> Result<usize, EnvironmentError> {
    digits
        .parse()
        .ok()
        .filter(|number| *number > 0 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| EnvironmentError::invalid(variable, digits, allowed::NUMBER))
}

fn seconds(number: &str) -> Option<Duration> {
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number.parse().ok().filter(|_| plain).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

fn is_namespace(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split('_').all(word)
}

#[cfg(test)]
mod tests;
