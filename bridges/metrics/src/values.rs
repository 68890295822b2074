//! The label values of a key, kept so that they are compared in few steps.

use metrics::Key;
use tallymark_core::Labellable;

use crate::signature::{self, MOST_LABELS, Signature, present, same_text};

/// The label values of one key.
pub(crate) enum Values {
    /// Those of a `static`: a key is likely to be that one again.
    Borrowed(Key),
    /// Those of a key that owned them, one after the other behind their lengths.
    Copied(Box<[u8]>),
}

/// The length of a value.
type Len = [u8; size_of::<usize>()];

impl Values {
    /// Keeps the values of a key.
    pub(crate) fn of<M: Labellable>(key: &Key, signature: &Signature<M>) -> Self {
        if let Some(key) = signature.borrowed(key) {
            return Self::Borrowed(key);
        }
        let texts = || present(key).map(|label| label.value().as_bytes());
        let mut bytes = Vec::with_capacity(texts().map(|text| size_of::<Len>() + text.len()).sum());
        for text in texts() {
            bytes.extend_from_slice(&text.len().to_ne_bytes());
            bytes.extend_from_slice(text);
        }
        Self::Copied(bytes.into())
    }

    /// Whether a key has this signature and these values. The hash of both keys is the same.
    #[inline]
    pub(crate) fn are_of<M: Labellable>(&self, key: &Key, signature: &Signature<M>) -> bool {
        match self {
            Self::Borrowed(known) => {
                let (own, labels) = (known.labels().as_slice(), key.labels().as_slice());
                signature.is_named(key) && (std::ptr::eq(own, labels) || own == labels)
            }
            Self::Copied(bytes) => {
                let (mut names, mut rest) = (signature.labels().iter(), &**bytes);
                let all = present(key).all(|label| {
                    let is_named = names.next().is_some_and(|name| same_text(name.as_str(), label.key()));
                    match split(rest) {
                        Some((value, behind)) if is_named && value == label.value().as_bytes() => {
                            rest = behind;
                            true
                        }
                        _ => false,
                    }
                });
                all && rest.is_empty() && signature.is_named(key)
            }
        }
    }

    /// Returns the values, in the order of the labels.
    pub(crate) fn texts(&self) -> [&str; MOST_LABELS] {
        match self {
            Self::Borrowed(key) => signature::values(key),
            Self::Copied(bytes) => {
                let mut texts = [""; MOST_LABELS];
                let mut rest = &**bytes;
                for text in &mut texts {
                    let Some((value, behind)) = split(rest) else { break };
                    *text = std::str::from_utf8(value).unwrap_or_default();
                    rest = behind;
                }
                texts
            }
        }
    }
}

/// Splits copied values behind the first.
#[inline]
fn split(values: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, behind) = values.split_first_chunk::<{ size_of::<Len>() }>()?;
    behind.split_at_checked(usize::from_ne_bytes(*len))
}
