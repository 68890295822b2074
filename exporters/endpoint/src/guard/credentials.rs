//! The credentials that are accepted, given or from files.

use std::{path::PathBuf, sync::Arc};

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use subtle::Choice;

use super::{authorization::Authorization, secret::Secret};
use crate::{
    file::{FileError, Watched},
    refusal::File,
};

/// U+FEFF in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// How a client presents its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    Basic,
}

impl Scheme {
    fn read(self, line: &[u8]) -> Option<Secret> {
        match self {
            Self::Bearer => Secret::token(line),
            Self::Basic => Secret::user(line),
        }
    }

    /// Returns the value of `WWW-Authenticate`, from which a client learns how to ask again.
    fn challenge(self, tried: bool) -> HeaderValue {
        HeaderValue::from_static(match (self, tried) {
            (Self::Bearer, false) => "Bearer realm=\"metrics\"",
            (Self::Bearer, true) => "Bearer realm=\"metrics\", error=\"invalid_token\"",
            (Self::Basic, _) => "Basic realm=\"metrics\", charset=\"UTF-8\"",
        })
    }
}

/// One secret, or a file with one in each line.
#[derive(Debug)]
enum Source {
    Given(Secret),
    File(Watched<Vec<Secret>>),
}

/// All that are accepted. Without any, none are asked for.
#[derive(Debug, Default)]
pub(crate) struct Credentials(Vec<(Scheme, Source)>);

impl Credentials {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn give(&mut self, scheme: Scheme, secret: Secret) {
        self.0.push((scheme, Source::Given(secret)));
    }

    /// Reads a file now, and again whenever it has changed.
    pub(crate) fn read(&mut self, scheme: Scheme, path: PathBuf) -> Result<(), FileError> {
        let (kind, load): (_, fn(&[Vec<u8>]) -> _) = match scheme {
            Scheme::Bearer => (File::Token, |contents| lines(Scheme::Bearer, contents)),
            Scheme::Basic => (File::Users, |contents| lines(Scheme::Basic, contents)),
        };
        self.0.push((scheme, Source::File(Watched::open(kind, vec![path], load)?)));
        Ok(())
    }

    /// Returns the values of `WWW-Authenticate` if a request may not pass. A token may also be the password of any user, for
    /// people in front of a browser; only a page asks for that.
    ///
    /// All secrets of the scheme are compared, whether or not an earlier one fits.
    pub(super) fn check(&self, headers: &HeaderMap, is_page: bool) -> Result<(), Vec<HeaderValue>> {
        if self.is_empty() {
            return Ok(());
        }
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next();
        // Two headers may mean two things to two servers on the way.
        let sent = value
            .filter(|_| values.next().is_none())
            .and_then(|value| Authorization::parse(value.as_bytes()));
        let mut known = Choice::from(0);
        if let Some(sent) = &sent {
            for (scheme, source) in &self.0 {
                known |= match (scheme, sent) {
                    (Scheme::Bearer, Authorization::Bearer(token)) => source.matches(token),
                    (Scheme::Basic, Authorization::Basic(user)) => source.matches(user),
                    (Scheme::Bearer, Authorization::Basic(user)) => source.matches(password(user)),
                    (Scheme::Basic, Authorization::Bearer(_)) => Choice::from(0),
                };
            }
        }
        if known.into() { Ok(()) } else { Err(self.challenges(value.is_some(), is_page)) }
    }

    fn challenges(&self, tried: bool, is_page: bool) -> Vec<HeaderValue> {
        let offered =
            |scheme| self.0.iter().any(|(own, _)| *own == scheme) || (is_page && scheme == Scheme::Basic);
        let schemes = [Scheme::Bearer, Scheme::Basic].into_iter().filter(|scheme| offered(*scheme));
        schemes.map(|scheme| scheme.challenge(tried)).collect()
    }
}

/// Returns what comes after the first colon.
fn password(user: &[u8]) -> &[u8] {
    let colon = user.iter().position(|&byte| byte == b':');
    colon.and_then(|colon| user.get(colon + 1..)).unwrap_or_default()
}

impl Source {
    fn matches(&self, sent: &[u8]) -> Choice {
        match self {
            Self::Given(secret) => secret.matches(sent),
            Self::File(secrets) => {
                let secrets: Arc<Vec<Secret>> = secrets.get();
                secrets.iter().fold(Choice::from(0), |known, secret| known | secret.matches(sent))
            }
        }
    }
}

/// One secret in each line that is not empty. All of them are accepted, so that an old one can go after a new one came.
fn lines(scheme: Scheme, contents: &[Vec<u8>]) -> Result<Vec<Secret>, FileError> {
    let mut secrets = Vec::new();
    // Editors on Windows begin UTF-8 files with a byte order mark.
    let contents = contents.iter().map(|content| content.strip_prefix(BOM).unwrap_or(content));
    let lines = contents.flat_map(|content| content.split(|&byte| byte == b'\n'));
    for (at, line) in lines.enumerate() {
        let line = match scheme {
            Scheme::Bearer => line.trim_ascii(),
            // A password may begin or end with a space.
            Scheme::Basic => line.strip_suffix(b"\r").unwrap_or(line),
        };
        if !line.is_empty() {
            secrets.push(scheme.read(line).ok_or(FileError::Line { number: at + 1 })?);
        }
    }
    if secrets.is_empty() { Err(FileError::Empty) } else { Ok(secrets) }
}
