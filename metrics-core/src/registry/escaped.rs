//! Names that are different and are the same once they are escaped.
//!
//! Two metrics of one name would make an exposition that no scraper takes. The one whose name needs no escaping is
//! shown, or of several that do the first; the others are left out where they clash, and counted as conflicts.

use super::{Conflict, clash, resolve::Resolved};
use crate::{
    descriptor::Kind,
    encode::{Escaping, stem},
    lint,
    snapshot::Family,
    utf8,
};
use std::{collections::HashMap, sync::Arc};

/// Returns the places of the declared families that clash in this scheme, and the conflicts. Families that collectors
/// handed over and that clash are taken out.
pub(super) fn leave_out(
    resolved: &Resolved,
    collected: &mut Vec<Arc<Family>>,
    escaping: Escaping,
) -> (Vec<usize>, Vec<Conflict>) {
    if escaping == Escaping::AllowUtf8 || !utf8::are_expected() {
        return (Vec::new(), Vec::new());
    }
    // Kinds by the stems of the names that are shown.
    let mut shown: HashMap<String, Kind> = HashMap::new();
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
            || clash::with_known(stem, kind, |stem| shown.get(stem).copied());
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
    (left_out, conflicts)
}
