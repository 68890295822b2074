//! What crates count with the façade, as it is shown.

mod buckets;
mod conflicts;
mod kinds;
mod many;
mod names;
mod series;

use metrics::{Key, Label, Level, Metadata};
use tallymark::registry::{self, Format, Request, Selection};
use tallymark_metrics::Recorder;

/// What `counter!` and the others hand over beside the key.
pub static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// A recorder as `install` makes it.
pub fn recorder() -> Recorder {
    Recorder::builder().build()
}

/// A key with labels of any text.
pub fn key(name: &str, labels: &[(&str, &str)]) -> Key {
    let labels: Vec<Label> =
        labels.iter().map(|&(key, value)| Label::new(key.to_owned(), value.to_owned())).collect();
    Key::from_parts(name.to_owned(), labels)
}

/// The exposition of one family.
pub fn shown_in(format: Format, name: &str) -> String {
    registry::encode_to_string(Request::new(format).names(Selection::of([name])))
}

/// The exposition of one family as text.
pub fn shown(name: &str) -> String {
    shown_in(Format::Text004, name)
}

/// What was counted for a reason so far.
pub fn rejected(reason: &str) -> u64 {
    let snapshot = registry::snapshot_of(&Selection::of(["tallymark_metrics_rejected_total"]));
    snapshot.counter("tallymark_metrics_rejected_total", &[("reason", reason)]).unwrap_or_default()
}
