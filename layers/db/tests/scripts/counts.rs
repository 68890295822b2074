//! What is counted so far.

use tallymark::{Number, registry::snapshot, snapshot::Value};

/// Rows of a model, and statements of a database whose rows are not counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) rows: [u64; 3],
    pub(crate) uncounted: u64,
}

impl Counts {
    pub(crate) fn of(model: &str, db: &str) -> Self {
        let snapshot = snapshot();
        let rows = ["inserts", "updates", "deletes"].map(|change| {
            snapshot.counter(&format!("model_{change}_total"), &[("model", model)]).unwrap_or(0)
        });
        Self { rows, uncounted: uncounted(db) }
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            rows: [0, 1, 2].map(|at| self.rows[at] - before.rows[at]),
            uncounted: self.uncounted - before.uncounted,
        }
    }
}

/// Returns how many statements of a database have written rows that are not counted, for any reason.
pub(crate) fn uncounted(db: &str) -> u64 {
    let snapshot = snapshot();
    let family = snapshot.family("tallymark_uncounted_model_writes_total");
    let of_db = family.into_iter().flat_map(|family| &family.series).filter(|series| {
        let mut labels = series.labels.iter();
        labels.any(|(name, value)| (name.as_str(), value.as_str()) == ("db", db))
    });
    of_db
        .map(|series| match series.value {
            Value::Number(Number::U64(count)) => count,
            ref other => panic!("a counter holds {other:?}"),
        })
        .sum()
}
