//! What the customers saw, written down as the series that ought to say the same.

use serde::Serialize;
use std::collections::BTreeMap;

/// For each series, by its text in an exposition, what the customers' own counting makes of it.
///
/// It comes from what was asked and answered over HTTP alone, so that it checks the shop's metrics from outside.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Played(BTreeMap<String, f64>);

impl Played {
    /// Adds to the series with this name and these labels, which are given in the family's order.
    pub(crate) fn add(&mut self, name: &str, labels: &[(&str, &str)], by: f64) {
        let labels: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let series =
            if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(",")) };
        *self.0.entry(series).or_default() += by;
    }

    /// Adds one.
    pub(crate) fn count(&mut self, name: &str, labels: &[(&str, &str)]) {
        self.add(name, labels, 1.0);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (series, by) in other.0 {
            *self.0.entry(series).or_default() += by;
        }
    }

    /// The series and their values, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(series, value)| (series.as_str(), *value))
    }

    /// The sum over all series of one name.
    pub fn total(&self, name: &str) -> f64 {
        let of = |series: &str| {
            series == name || series.strip_prefix(name).is_some_and(|rest| rest.starts_with('{'))
        };
        self.iter().filter(|(series, _)| of(series)).map(|(_, value)| value).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_add_up() {
        let mut played = Played::default();
        played.count("a_total", &[("x", "1"), ("y", "2")]);
        played.count("a_total", &[("x", "1"), ("y", "3")]);
        played.count("a_total_more", &[]);
        let mut other = Played::default();
        other.add("a_total", &[("x", "1"), ("y", "2")], 2.0);
        played.merge(other);
        assert!(played.iter().any(|series| series == (r#"a_total{x="1",y="2"}"#, 3.0)));
        assert_eq!(played.total("a_total").to_bits(), 4.0_f64.to_bits());
    }
}
