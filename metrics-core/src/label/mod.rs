//! Labels: values, sets of values, and how a set becomes a series.

mod set;
mod value;

pub use set::LabelSet;
pub use value::LabelValue;
