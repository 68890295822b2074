//! Whether a thread is looking something up.

use std::cell::Cell;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Held while a thread looks something up, so that an allocator that counts does not wait for itself.
pub(crate) struct Busy(());

impl Busy {
    /// Returns `None` if this thread is looking something up already.
    pub(crate) fn begin() -> Option<Self> {
        (!BUSY.replace(true)).then_some(Self(()))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}
