//! Connections that were opened, as far as one thread knows.

use std::cell::Cell;

thread_local! {
    /// How many connections were opened on this thread.
    static OPENED: Cell<u64> = const { Cell::new(0) };
}

/// Notes that a connection was opened by what this thread is polling.
pub(super) fn mark() {
    let _ = OPENED.try_with(|opened| opened.set(opened.get().wrapping_add(1)));
}

pub(super) fn count() -> u64 {
    OPENED.try_with(Cell::get).unwrap_or_default()
}
