//! What an `Authorization` header says.
//!
//! Source: RFC 9110, section 11.6.2; RFC 6750, section 2.1 (`Bearer`); RFC 7617 (`Basic`).

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Some clients leave the padding off.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Credentials as they were sent. They are not known to be right.
#[derive(PartialEq, Eq)]
pub(super) enum Authorization {
    Bearer(Vec<u8>),
    /// A name, a colon and a password.
    Basic(Vec<u8>),
}

impl Authorization {
    /// Reads the value of the header, if its scheme is known and what follows has the form of the scheme.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let value = value.trim_ascii();
        let space = value.iter().position(|&byte| byte == b' ')?;
        let (scheme, rest) = value.split_at_checked(space)?;
        let sent = rest.trim_ascii();
        if sent.is_empty() || sent.contains(&b' ') {
            return None;
        }
        if scheme.eq_ignore_ascii_case(b"bearer") {
            Some(Self::Bearer(sent.to_vec()))
        } else if scheme.eq_ignore_ascii_case(b"basic") {
            LENIENT.decode(sent).ok().filter(|user| user.contains(&b':')).map(Self::Basic)
        } else {
            None
        }
    }
}
