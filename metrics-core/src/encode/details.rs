//! What OpenMetrics shows of a series beside its value: exemplars, and since when it counts.
//!
//! Source: OpenMetrics 1.0, "Exemplars" and "`MetricPoint`", created.

use super::{
    Format,
    escape::{self, Quotes},
    number::{Digits, LONGEST, Whole},
    text::TextEncoder,
};
use crate::{
    descriptor::Kind,
    exemplar::Exemplar,
    visit::{Details, Number},
};
use std::time::Duration;

/// The latest of those exemplars whose value falls into each bucket.
pub(super) fn by_bucket<'a>(bounds: &[f64], exemplars: &'a [Exemplar]) -> Vec<Option<&'a Exemplar>> {
    let mut found: Vec<Option<&Exemplar>> = vec![None; bounds.len() + 1];
    for exemplar in exemplars {
        let bucket = bounds.iter().filter(|&&bound| bound < exemplar.value).count();
        if let Some(place) = found.get_mut(bucket)
            && place.is_none_or(|known| known.at < exemplar.at)
        {
            *place = Some(exemplar);
        }
    }
    found
}

/// Appends what stands behind the number of a sample: the exemplar's labels, its value and its time.
fn append(to: &mut Vec<u8>, exemplar: &Exemplar) {
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

impl TextEncoder {
    /// What stands behind the number of each bucket's line; nothing at all if no exemplar is to be shown.
    pub(super) fn exemplars(&self, bounds: &[f64], details: &Details<'_>) -> Vec<Vec<u8>> {
        if details.exemplars.is_empty() || self.format != Format::OpenMetrics100 {
            return Vec::new();
        }
        let end = |exemplar: Option<&Exemplar>| {
            let mut text = Vec::new();
            if let Some(exemplar) = exemplar {
                append(&mut text, exemplar);
            }
            text
        };
        by_bucket(bounds, details.exemplars).into_iter().map(end).collect()
    }

    /// Adds an exemplar to the sample that was just written, if that can have one.
    pub(super) fn add_exemplar(&mut self, kind: Kind, details: &Details<'_>) {
        if kind != Kind::Counter {
            return;
        }
        if let [text] = self.exemplars(&[], details).as_slice() {
            self.out.rewind(self.out.position().saturating_sub(1));
            self.out.room(text.len() + 1);
            self.out.text(text);
            self.out.byte(b'\n');
        }
    }

    /// Writes since when the series counts whose labels are in `body`.
    pub(super) fn write_created(&mut self, kind: Kind, created: Option<Duration>) {
        let counts = matches!(kind, Kind::Counter | Kind::Histogram | Kind::Summary);
        if let Some(created) = created.filter(|_| counts && self.format == Format::OpenMetrics100) {
            self.write_line(self.stem, b"_created", None);
            self.out.room(LONGEST + 1);
            self.write_number(Number::F64(created.as_secs_f64()));
        }
    }
}
