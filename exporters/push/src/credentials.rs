//! What a gateway asks for before it accepts a push.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;

use super::error::BuildError;

/// The value of an `Authorization` header, which is never shown.
#[derive(Clone)]
pub(super) struct Credentials(HeaderValue);

impl Credentials {
    /// RFC 7617, with the text in UTF-8.
    pub(super) fn basic(user: &str, password: &str) -> Result<Self, BuildError> {
        if user.contains(':') {
            return Err(BuildError::InvalidCredentials { why: "a user name has no `:` in it" });
        }
        Self::header(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    /// RFC 6750.
    pub(super) fn bearer(token: &str) -> Result<Self, BuildError> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let why = "a token is one or more visible ASCII characters, without spaces and line ends";
            return Err(BuildError::InvalidCredentials { why });
        }
        Self::header(&format!("Bearer {token}"))
    }

    fn header(value: &str) -> Result<Self, BuildError> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| BuildError::InvalidCredentials { why: "they have to fit into a header" })?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    pub(super) fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        // The example of RFC 7617, section 2.
        let basic = Credentials::basic("Aladdin", "open sesame").expect("credentials");
        assert_eq!(basic.value(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(Credentials::bearer("abc.def").expect("a token").value(), "Bearer abc.def");
        assert!(basic.value().is_sensitive());
        assert_eq!(format!("{basic:?}"), "Credentials");
    }

    #[test]
    fn what_cannot_be_sent() {
        assert!(Credentials::basic("a:b", "c").is_err());
        for token in ["", "a b", "a\n", "\u{fc}"] {
            assert!(Credentials::bearer(token).is_err(), "{token:?}");
        }
    }
}
