//! Which metrics are asked for.

use crate::{
    descriptor::Kind,
    encode::{sample_suffixes, stem},
};
use std::{cmp::Ordering, sync::Arc};

/// All metrics, or those of some names: what `?name[]=` of a scrape says.
///
/// A name selects a whole family. It is the name of the family, as the text format or as OpenMetrics writes it, or of
/// any of its samples: `wait_seconds` and `wait_seconds_bucket` both select the histogram with all its samples and its
/// unit, so that what is left of an exposition is one by itself.
///
/// ```
/// use tallymark_core::{Kind, registry::Selection};
///
/// let selection = Selection::of(["orders_total", "wait_seconds_count"]);
/// assert!(selection.wants("wait_seconds", Kind::Histogram));
/// assert!(selection.wants("orders_total", Kind::Counter));
/// assert!(!selection.wants("wait_seconds", Kind::Gauge));
/// assert!(Selection::ALL.wants("anything", Kind::Gauge));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Sorted, each once. `None`: all of them.
    names: Option<Arc<[String]>>,
}

impl Selection {
    /// All metrics.
    pub const ALL: Self = Self { names: None };

    /// Metrics of these names. Of no names: none.
    pub fn of<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        names.sort_unstable();
        names.dedup();
        Self { names: Some(names.into()) }
    }

    /// Whether these are all metrics.
    pub const fn is_all(&self) -> bool {
        self.names.is_none()
    }

    /// The names, sorted and each once; `None` if all metrics are wanted.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// Whether a family of this name and kind is wanted.
    pub fn wants(&self, name: &str, kind: Kind) -> bool {
        let Some(names) = &self.names else { return true };
        let stem = stem(name, kind);
        let has =
            |name: &str, suffix: &str| names.binary_search_by(|wanted| compare(wanted, name, suffix)).is_ok();
        has(name, "") || has(stem, "") || sample_suffixes(kind).iter().any(|suffix| has(stem, suffix))
    }

    /// Whether a family of this name and of whatever kind may be wanted.
    pub(super) fn may_want(&self, name: &str) -> bool {
        const KINDS: [Kind; 6] =
            [Kind::Gauge, Kind::Counter, Kind::Info, Kind::Histogram, Kind::GaugeHistogram, Kind::Summary];
        KINDS.iter().any(|&kind| self.wants(name, kind))
    }
}

/// Compares a text with one of two parts.
fn compare(text: &str, name: &str, suffix: &str) -> Ordering {
    match text.as_bytes().split_at_checked(name.len()) {
        Some((start, rest)) => start.cmp(name.as_bytes()).then_with(|| rest.cmp(suffix.as_bytes())),
        // It is shorter than the first part, so it is less wherever it is the same.
        None => text.as_bytes().cmp(name.as_bytes()),
    }
}

impl<N: Into<String>> FromIterator<N> for Selection {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        Self::of(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_families_and_of_samples() {
        for (wanted, name, kind, expected) in [
            ("orders_total", "orders_total", Kind::Counter, true),
            ("orders", "orders_total", Kind::Counter, true),
            ("orders_created", "orders_total", Kind::Counter, true),
            ("orders_to", "orders_total", Kind::Counter, false),
            ("wait", "wait", Kind::Histogram, true),
            ("wait_bucket", "wait", Kind::Histogram, true),
            ("wait_gcount", "wait", Kind::GaugeHistogram, true),
            ("wait_sum", "wait", Kind::GaugeHistogram, true),
            ("wait_gcount", "wait", Kind::Histogram, false),
            ("wait_sum", "wait", Kind::Summary, true),
            ("wait_bucket", "wait", Kind::Summary, false),
            ("wait_sum", "wait", Kind::Gauge, false),
            ("build", "build_info", Kind::Info, true),
            ("build_info", "build_info", Kind::Info, true),
            ("", "wait", Kind::Gauge, false),
        ] {
            let selection = Selection::of([wanted]);
            assert_eq!(selection.wants(name, kind), expected, "{wanted} {name} {kind:?}");
            assert!(!expected || selection.may_want(name));
        }
    }

    #[test]
    fn order_and_repetition_make_no_difference() {
        assert_eq!(Selection::of(["b", "a", "b"]), Selection::of(["a", "b"]));
        assert_ne!(Selection::of::<&str>([]), Selection::ALL);
        assert!(!Selection::of::<&str>([]).wants("a", Kind::Gauge));
    }
}
