//! Conditions of alerts on one metric: `rate{provider="stripe"}[5m] by provider > 0.5`.

mod comparison;
mod fault;
mod function;
mod matcher;
mod model;
mod parse;
mod pattern;
mod threshold;

pub use comparison::{Aggregation, Comparison};
pub use fault::ConditionFault;
pub use function::{Function, unknown_label};
pub use matcher::{MatchOperator, Matcher};
pub use model::Condition;
pub use parse::parse_selector;
pub use pattern::is_pattern;
pub use threshold::{Threshold, ThresholdUnit};
