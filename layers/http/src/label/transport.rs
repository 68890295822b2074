//! Whether a request came encrypted.

use tallymark_derive::LabelValue;

/// How a request came, as a label.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
pub enum Transport {
    /// In clear.
    Http,
    /// Over TLS.
    Https,
}
