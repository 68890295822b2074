//! What the exposition says about the group itself.

use crate::directory::Seen;
use tallymark_core::{
    Kind, Number,
    snapshot::{Family, Series, Value},
};

/// The families about the group: what was seen of it, and the names that processes declare in different ways.
pub(super) fn families(seen: &Seen, conflicts: &[String]) -> Vec<Family> {
    let one = |name: &str, help: &str, kind: Kind, series: Vec<Series>| Family {
        name: name.to_owned(),
        help: help.to_owned(),
        kind,
        unit: None,
        series,
    };
    let number =
        |labels: Vec<(String, String)>, number: u64| Series::new(labels, Value::Number(Number::U64(number)));
    let skipped = seen.skipped.iter();
    let skipped = skipped.map(|(reason, count)| number(vec![("reason".into(), (*reason).into())], *count));
    vec![
        one(
            "tallymark_processes",
            "Living processes that share this exposition.",
            Kind::Gauge,
            vec![number(Vec::new(), seen.living)],
        ),
        one(
            "tallymark_processes_skipped_files",
            "Files that are not part of this exposition, by reason.",
            Kind::Gauge,
            skipped.collect(),
        ),
        one(
            "tallymark_processes_failed_growths",
            "How often a file could not grow, so that other processes do not see all that is counted.",
            Kind::Gauge,
            vec![number(Vec::new(), seen.failed_growths)],
        ),
        one(
            "tallymark_processes_failed_folds",
            "How often this process could not add up the files of processes that are gone.",
            Kind::Gauge,
            vec![number(Vec::new(), seen.failed_folds)],
        ),
        one(
            "tallymark_processes_conflicts",
            "Families that processes declare in different ways.",
            Kind::Gauge,
            conflicts.iter().map(|name| number(vec![("metric".into(), name.clone())], 1)).collect(),
        ),
    ]
}
