//! Series of an example.

use crate::query::{is_plain, quoted};

/// A series with a steady value or a steady growth.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExampleSeries {
    /// The name of its sample, such as `http_request_duration_seconds_bucket`.
    pub name: String,
    /// Its labels.
    pub labels: Vec<(String, String)>,
    /// Its first value.
    pub start: f64,
    /// The growth per minute.
    pub per_minute: f64,
}

impl ExampleSeries {
    /// Writes the series as `promtool` reads it, with these labels before its own.
    ///
    /// ```
    /// use tallymark_panels::{Catalogue, Comparison, Selector};
    ///
    /// let catalogue = Catalogue::current();
    /// let conflicts = Selector::new(catalogue.get("tallymark_conflicts_total")?);
    /// let condition = conflicts.value()?.compared(Comparison::Above, 0.0);
    /// let series = &condition.example(true).expect("there may be one")[0];
    /// assert_eq!(series.promql(&[("job", "shop")]), r#"tallymark_conflicts_total{job="shop"}"#);
    /// # Ok::<_, tallymark_panels::QueryError>(())
    /// ```
    pub fn promql(&self, before: &[(&str, &str)]) -> String {
        let own = self.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut parts: Vec<String> = Vec::new();
        if !is_plain(&self.name) {
            parts.push(quoted(&self.name));
        }
        parts.extend(before.iter().copied().chain(own).map(|(name, value)| {
            let name = if is_plain(name) { name.to_owned() } else { quoted(name) };
            format!("{name}={}", quoted(value))
        }));
        let name = if is_plain(&self.name) { self.name.as_str() } else { "" };
        format!("{name}{{{}}}", parts.join(", "))
    }
}
