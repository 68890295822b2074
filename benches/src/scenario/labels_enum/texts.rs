//! The closed labels as texts, for libraries that know labels as texts only.

use ::prometheus::IntCounterVec;

pub const VERB_TEXTS: [&str; 5] = ["get", "post", "put", "delete", "patch"];
pub const OUTCOME_TEXTS: [&str; 5] = ["fine", "moved", "refused", "failed", "late"];

/// The sum over all labels.
pub fn sum(family: &IntCounterVec) -> u64 {
    let pairs = VERB_TEXTS.iter().flat_map(|verb| OUTCOME_TEXTS.iter().map(move |outcome| [*verb, *outcome]));
    pairs.map(|pair| family.with_label_values(&pair).get()).sum()
}
