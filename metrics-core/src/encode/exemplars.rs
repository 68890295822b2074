//! Which exemplars are shown, and how OpenMetrics writes them.

use super::{
    escape::{self, Quotes},
    number::{Digits, Whole},
};
use crate::exemplar::Exemplar;

/// The latest of those exemplars whose value falls into each bucket.
pub(super) fn by_bucket<'a>(bounds: &[f64], exemplars: &'a [Exemplar]) -> Vec<Option<&'a Exemplar>> {
    let mut found: Vec<Option<&Exemplar>> = vec![None; bounds.len() + 1];
    for exemplar in exemplars {
        let bucket = bounds.iter().filter(|&&bound| bound < exemplar.value).count();
        if let Some(place) = found.get_mut(bucket) {
            if place.is_none_or(|known| known.at < exemplar.at) {
                *place = Some(exemplar);
            }
        }
    }
    found
}

/// Appends what follows the number of a sample: the exemplar's labels, its value and its time.
pub(super) fn append(to: &mut Vec<u8>, exemplar: &Exemplar) {
    to.extend_from_slice(b" # {");
    for (at, (name, value)) in exemplar.labels.iter().enumerate() {
        if at > 0 {
            to.push(b',');
        }
        to.extend_from_slice(name.as_bytes());
        to.extend_from_slice(b"=\"");
        escape::append(to, value, Quotes::Escape);
        to.push(b'"');
    }
    to.extend_from_slice(b"} ");
    to.extend_from_slice(Digits::new().float(exemplar.value, Whole::Bare));
    to.push(b' ');
    to.extend_from_slice(Digits::new().float(exemplar.at.as_secs_f64(), Whole::Bare));
}
