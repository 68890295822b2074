//! Something that must not be seen.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};

/// A token, or a name with its password. Neither logs nor `Debug` show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// A token can stand in an `Authorization` header: visible ASCII, at least one character.
    pub(crate) fn token(token: &[u8]) -> Option<Self> {
        (!token.is_empty() && token.iter().all(u8::is_ascii_graphic)).then(|| Self(token.to_vec()))
    }

    /// A name, which is not empty, a colon, and a password. RFC 7617 excludes control characters.
    pub(crate) fn user(user: &[u8]) -> Option<Self> {
        let colon = user.iter().position(|&byte| byte == b':')?;
        (colon > 0 && !user.iter().any(u8::is_ascii_control)).then(|| Self(user.to_vec()))
    }

    /// Compares with what a client has sent. How long that takes depends on the length of that alone.
    pub(super) fn matches(&self, sent: &[u8]) -> Choice {
        let mut same = self.0.len().ct_eq(&sent.len());
        for (own, other) in self.0.iter().cycle().zip(sent) {
            same &= own.ct_eq(other);
        }
        same
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
