//! The values that an expression should have.

use crate::query::{Arithmetic, Expression};
use tallymark_rules::Comparison;

/// Returns whether a value is between 0 and 1.
pub(super) fn is_ratio(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(Arithmetic::Divide, ..) | Expression::Complement(..) => true,
        Expression::Recorded(_, inner) => is_ratio(inner),
        _ => false,
    }
}

/// Returns a value clearly on one side of the limit.
pub(super) fn target(comparison: Comparison, limit: f64, holds: bool, ratio: bool) -> f64 {
    let below = match limit {
        // Zero is not below itself.
        0.0 if comparison == Comparison::Below && holds => -1.0,
        limit if limit > 0.0 => limit / 2.0,
        limit => limit * 2.0,
    };
    let above = match limit {
        limit if ratio && limit < 1.0 => (limit * 2.0).min(f64::midpoint(limit, 1.0)).max(limit * 1.01),
        0.0 => 1.0,
        limit if limit < 0.0 => limit / 2.0,
        limit => limit * 2.0,
    };
    match (comparison, holds) {
        (Comparison::Above | Comparison::AtLeast, true) | (Comparison::Below | Comparison::AtMost, false) => {
            above
        }
        (Comparison::Above | Comparison::AtLeast, false) | (Comparison::Below | Comparison::AtMost, true) => {
            below
        }
        (_, true) => limit,
        (_, false) => limit + 1.0,
    }
}
