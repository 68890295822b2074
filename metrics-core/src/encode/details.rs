//! What OpenMetrics shows of a series beside its value: exemplars and creation timestamps.
//!
//! Source: OpenMetrics 1.0, "Exemplars" and "`MetricPoint`", created.

use super::{
    Format,
    exemplars::{append, by_bucket},
    number::LONGEST,
    text::TextEncoder,
};
use crate::{descriptor::Kind, exemplar::Exemplar, number::Number, visit::Details};
use std::time::Duration;

impl TextEncoder {
    /// What follows the number in each bucket's line; nothing at all if no exemplar is to be shown.
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

    /// Writes the creation timestamp of the series whose labels are in `body`.
    pub(super) fn write_created(&mut self, kind: Kind, created: Option<Duration>) {
        let counts = matches!(kind, Kind::Counter | Kind::Histogram | Kind::Summary);
        if let Some(created) = created.filter(|_| counts && self.format == Format::OpenMetrics100) {
            self.write_line(self.stem, b"_created", None);
            self.out.room(LONGEST + 1);
            self.write_number(Number::F64(created.as_secs_f64()));
        }
    }
}
