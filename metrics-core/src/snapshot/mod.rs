//! All metrics at one moment, typed: for tests, dashboards and all else that needs a value without parsing text.
//!
//! ```
//! let snapshot = tallymark_core::registry::snapshot();
//! for family in snapshot.families() {
//!     println!("{} has {} series", family.name, family.series.len());
//! }
//! assert_eq!(snapshot.value("tallymark_conflicts_total", &[]), Some(0.0));
//! ```

mod family;
mod histogram;
mod index;
mod recorder;

pub use crate::native::NativeHistogram;
pub use family::{Family, HistogramValue, Series, StatesValue, SummaryValue, Value};
pub(crate) use recorder::Recorder;

use crate::{descriptor::Kind, number::Number, sorted::by_text};
use index::Indexes;

/// All metric families at one moment, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    families: Vec<Family>,
    constant: Vec<(String, String)>,
    indexes: Indexes,
}

impl Snapshot {
    /// A snapshot of these families; they are sorted by name.
    pub fn new(mut families: Vec<Family>) -> Self {
        let order = by_text(families.len(), &|at| families.get(at).map_or("", |family| &family.name));
        order.apply(&mut families);
        Self { families, constant: Vec::new(), indexes: Indexes::default() }
    }

    pub(crate) fn with_constant(mut self, constant: &[(String, String)]) -> Self {
        self.constant = constant.to_vec();
        self
    }

    /// The families, sorted by name. Unlike an exposition, a snapshot also holds families without series.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The labels that the registry puts before those of every series.
    pub fn constant_labels(&self) -> &[(String, String)] {
        &self.constant
    }

    /// The family with this name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.get(self.place(name)?)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.families.binary_search_by(|family| family.name.as_str().cmp(name)).ok()
    }

    /// The series of a family that has exactly these labels, in any order. However many series there are, it is found by a
    /// hash of them, which [`Family::get`] has not.
    pub fn series(&self, name: &str, labels: &[(&str, &str)]) -> Option<&Series> {
        let place = self.place(name)?;
        let family = self.families.get(place)?;
        self.indexes.find(self.families.len(), place, family, labels)
    }

    /// The value of one sample, by the name it has in an exposition.
    ///
    /// Beside the names of counters, gauges and info, these are `<name>_count` and `<name>_sum` of histograms and
    /// summaries (`_gcount` and `_gsum` of gauge histograms), `<name>_bucket` with a label `le`, a summary's name with a label `quantile`, and a state set's name
    /// with itself as label.
    #[inline]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        if let Some(family) = self.family(name) {
            return match family.kind {
                Kind::Summary => self.quantile(family, labels),
                Kind::StateSet => self.state_value(family, labels),
                _ => match &self.series(name, labels)?.value {
                    Value::Number(number) => Some(number.as_f64()),
                    _ => None,
                },
            };
        }
        let stem = |suffix| name.strip_suffix(suffix).filter(|stem| self.family(stem).is_some());
        if let Some(stem) = stem("_bucket") {
            let (bound, labels) = take_label(labels, "le")?;
            let Value::Histogram(histogram) = &self.series(stem, &labels)?.value else { return None };
            return histogram.cumulative(bound.parse().ok()?).map(|count| count as f64);
        }
        if let Some(stem) = stem("_count").or_else(|| stem("_gcount")) {
            return match &self.series(stem, labels)?.value {
                Value::Histogram(histogram) => Some(histogram.count() as f64),
                Value::Summary(summary) => Some(summary.count as f64),
                _ => None,
            };
        }
        match &self.series(stem("_sum").or_else(|| stem("_gsum"))?, labels)?.value {
            Value::Histogram(histogram) => Some(histogram.sum),
            Value::Summary(summary) => Some(summary.sum),
            _ => None,
        }
    }

    /// The value of a counter that counts whole things.
    #[inline]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> Option<u64> {
        match self.series(name, labels)?.value {
            Value::Number(Number::U64(count)) => Some(count),
            _ => None,
        }
    }

    /// The value of a histogram.
    #[inline]
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> Option<&HistogramValue> {
        match &self.series(name, labels)?.value {
            Value::Histogram(histogram) => Some(histogram),
            _ => None,
        }
    }

    /// The value of a summary.
    #[inline]
    pub fn summary(&self, name: &str, labels: &[(&str, &str)]) -> Option<&SummaryValue> {
        match &self.series(name, labels)?.value {
            Value::Summary(summary) => Some(summary),
            _ => None,
        }
    }

    /// The state of a state set.
    #[inline]
    pub fn state(&self, name: &str, labels: &[(&str, &str)]) -> Option<&str> {
        match &self.series(name, labels)?.value {
            Value::States(states) => states.current(),
            _ => None,
        }
    }

    fn quantile(&self, family: &Family, labels: &[(&str, &str)]) -> Option<f64> {
        let (quantile, labels) = take_label(labels, "quantile")?;
        let quantile: f64 = quantile.parse().ok()?;
        let Value::Summary(summary) = &self.series(&family.name, &labels)?.value else { return None };
        summary
            .quantiles
            .iter()
            .find(|(known, _)| known.to_bits() == quantile.to_bits())
            .map(|(_, value)| *value)
    }

    fn state_value(&self, family: &Family, labels: &[(&str, &str)]) -> Option<f64> {
        let (state, labels) = take_label(labels, &family.name)?;
        let Value::States(states) = &self.series(&family.name, &labels)?.value else { return None };
        let at = states.states.iter().position(|known| known == state)?;
        Some(f64::from(u8::from(at == states.current)))
    }

    /// The sum over all series of a family: of their values, or of their counts for histograms and summaries.
    #[inline]
    pub fn total(&self, name: &str) -> Option<f64> {
        Some(self.family(name)?.series.iter().map(|series| series.value.as_f64()).sum())
    }
}

/// One label's value, and the other labels.
#[inline]
fn take_label<'a>(labels: &[(&'a str, &'a str)], name: &str) -> Option<(&'a str, Vec<(&'a str, &'a str)>)> {
    let (_, value) = labels.iter().find(|(label, _)| *label == name)?;
    Some((value, labels.iter().copied().filter(|(label, _)| *label != name).collect()))
}

#[cfg(test)]
mod tests;
