//! What metrics turn away, and whether any of them ever has.
//!
//! Nearly no program turns anything away, and a scrape that asked each of thousands of families what it has lost would read them all
//! once for each kind of loss. So what counts a loss says so here, and families are asked only once one has.

use std::sync::atomic::{AtomicBool, Ordering};

/// Something that a metric turns away, and counts of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A label set that there is no room for.
    Series,
    /// An observation that is no number, or not one of those that are added up.
    Observation,
    /// An exemplar whose labels cannot be an exemplar's.
    Exemplar,
}

static SEEN: [AtomicBool; 3] = [const { AtomicBool::new(false) }; 3];

impl Loss {
    /// Says that there is one. To be called behind whatever counts it.
    #[cold]
    pub(crate) fn note(self) {
        let seen = &SEEN[self as usize];
        // A line that is only read stays in the caches of all processors.
        if !seen.load(Ordering::Relaxed) {
            seen.store(true, Ordering::Relaxed);
        }
    }

    /// Whether any metric has lost something of this kind since the program began.
    pub(crate) fn was_seen(self) -> bool {
        SEEN[self as usize].load(Ordering::Relaxed)
    }
}
