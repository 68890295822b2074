//! Labels: values, sets of values, and how texts are hashed and compared.

mod hash;
mod radix;
mod set;
mod texts;
mod value;

pub(crate) use hash::{Hasher, Seed};
pub use radix::{append_digit, product, radix, split_digit, text_of};
pub use set::{LabelSet, SameLabels, VisitValues};
pub(crate) use texts::Texts;
pub use value::LabelValue;

/// The most labels a label set may have.
pub const MAX_LABELS: usize = 16;

/// The value of every label of the series that takes what a family has no room for.
pub const OVERFLOW: &str = "_overflow";
