//! Aggregation of series by labels.

use super::sampled::Sampled;
use crate::query::Aggregation;

/// Returns one series for each set of values of the labels `by`.
pub(super) fn aggregate(aggregation: Aggregation, by: &[String], series: Vec<Sampled>) -> Vec<Sampled> {
    let mut groups: Vec<Sampled> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for Sampled { labels, value } in series {
        // Prometheus treats an empty label value as an absent label.
        let labels: Vec<(String, String)> =
            labels.into_iter().filter(|(name, value)| by.contains(name) && !value.is_empty()).collect();
        let at = index.get(&labels).copied().unwrap_or_else(|| {
            let value = match aggregation {
                Aggregation::Sum | Aggregation::Count => 0.0,
                Aggregation::Max | Aggregation::Min => f64::NAN,
            };
            index.insert(labels.clone(), groups.len());
            groups.push(Sampled { labels, value });
            groups.len() - 1
        });
        let group = &mut groups[at].value;
        match aggregation {
            Aggregation::Sum => *group += value,
            Aggregation::Count => *group += 1.0,
            Aggregation::Max if value > *group || group.is_nan() => *group = value,
            Aggregation::Min if value < *group || group.is_nan() => *group = value,
            Aggregation::Max | Aggregation::Min => {}
        }
    }
    groups
}
