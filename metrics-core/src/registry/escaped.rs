//! Names that are different and are the same once they are escaped.
//!
//! Two metrics of one name would make an exposition that no scraper takes. The one whose name needs no escaping is shown,
//! or of several that do the first; the others are left out where they clash, and counted as conflicts.

use super::{Conflict, Registry, clash, resolve::Resolved};
use crate::{
    descriptor::Kind,
    encode::{Escaping, stem},
    lint,
    snapshot::Family,
    sorted::SortedMap,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether there may be any such names. Few programs have them.
static EXPECTED: AtomicBool = AtomicBool::new(false);

/// There may be names from now on that need escaping.
pub(super) fn expect() {
    EXPECTED.store(true, Ordering::Relaxed);
}

/// Whether there may be names that need escaping.
pub(super) fn are_expected() -> bool {
    EXPECTED.load(Ordering::Relaxed)
}

/// Whether a metric that was declared to have any name may have this one: control characters make no name.
pub(super) fn is_metric_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// The same for a label.
pub(super) fn is_label_name(name: &str) -> bool {
    is_metric_name(name) && !name.starts_with("__")
}

/// The places of the declared families that clash in this scheme; those that collectors handed over are taken out.
pub(super) fn leave_out(
    registry: &Registry,
    resolved: &Resolved,
    collected: &mut Vec<Arc<Family>>,
    escaping: Escaping,
) -> Vec<usize> {
    if escaping == Escaping::AllowUtf8 || !are_expected() {
        return Vec::new();
    }
    // Kinds by the stems of the names that are shown.
    let mut shown: SortedMap<String, Kind> = SortedMap::default();
    let mut conflicts = Vec::new();
    for family in collected.iter().filter(|family| lint::is_metric_name(&family.name)) {
        shown.insert(stem(&family.name, family.kind).to_owned(), family.kind);
    }
    let mut clashes = |name: &str, kind: Kind| {
        if lint::is_metric_name(name) {
            return false;
        }
        let escaped = escaping.metric_name(name);
        let stem = stem(&escaped, kind);
        let clash = resolved.clashes(&escaped, kind)
            || clash::with_known(stem, kind, |stem| shown.get(&stem.to_owned()).copied());
        if clash {
            conflicts.push(Conflict::Escaped { name: name.to_owned(), escaped: escaped.clone() });
        } else {
            shown.insert(stem.to_owned(), kind);
        }
        clash
    };
    let declared = resolved.families.iter().enumerate();
    let left_out = declared
        .filter(|(_, declared)| clashes(declared.name(), declared.kind()))
        .map(|(at, _)| at)
        .collect();
    collected.retain(|family| !clashes(&family.name, family.kind));
    registry.note_escaped(conflicts);
    left_out
}
