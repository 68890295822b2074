//! What could not be counted.

use std::sync::OnceLock;

use tallymark_core::{Counter, CounterHandle, Labelled, place, registry::Declaration};

/// Why something was not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The name is that of a metric of another kind.
    Kind,
    /// The name is that of a metric which somebody else has declared.
    Declared,
    /// There is no name.
    Name,
    /// There are as many names as there may be.
    Names,
    /// There are too many labels, or too many different sets of label names.
    Labels,
    /// What is added to a gauge is not finite.
    Value,
    /// The allocator counted while a metric was made.
    Nested,
}

impl Reason {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Kind, "kind"),
        (Self::Declared, "declared"),
        (Self::Name, "name"),
        (Self::Names, "names"),
        (Self::Labels, "labels"),
        (Self::Value, "value"),
        (Self::Nested, "nested"),
    ];
}

/// The counter of each reason, unless the application has declared another metric of that name.
static COUNTERS: OnceLock<Option<[CounterHandle; Reason::ALL.len()]>> = OnceLock::new();

/// Declares the family, so that it is shown from the start.
pub(crate) fn declare() -> Option<[CounterHandle; Reason::ALL.len()]> {
    *COUNTERS.get_or_init(|| {
        let help = "Calls through the metrics façade that were not counted, by reason.";
        let declaration = Declaration::new("tallymark_metrics_rejected_total", help, place!()).exact();
        let family: &'static Labelled<Counter> = declaration.labels(["reason"]).declare(Counter::new).ok()?;
        Some(Reason::ALL.map(|(_, text)| family.with(&[text])))
    })
}

/// Counts one.
#[cold]
pub(crate) fn count(reason: Reason) {
    if let Some(counters) = declare() {
        counters[reason as usize].inc();
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn reasons_are_in_order() {
        for (at, (reason, _)) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
        }
    }
}
