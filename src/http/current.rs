//! What this thread is working on, so that nothing is counted twice.

use std::cell::Cell;

thread_local! {
    static CURRENT: Cell<Current> = const { Cell::new(Current { layer: 0, panic_counted: false }) };
}

#[derive(Clone, Copy)]
struct Current {
    /// The address of the layer whose request is being worked on; 0 if none.
    layer: usize,
    /// Whether a layer further in has counted the panic that is unwinding.
    panic_counted: bool,
}

/// The code of a request runs for as long as this lives. What it finds on drop, if it was not left, is a panic.
pub(super) struct Within<F: FnMut()> {
    before: usize,
    panicked: F,
}

/// Whether this thread is within a request of the layer at this address: it was installed twice then, and the inner one
/// of the two has nothing to count.
#[inline]
pub(super) fn is_within(layer: usize) -> bool {
    CURRENT.get().layer == layer
}

/// A panic was counted; layers further out leave it.
#[cold]
pub(super) fn panic_counted() -> bool {
    let current = CURRENT.get();
    CURRENT.set(Current { panic_counted: true, ..current });
    current.panic_counted
}

/// Begins to run code of a request. `panicked` is called if it panics, unless a layer further in has counted that.
#[inline]
pub(super) fn enter<F: FnMut()>(layer: usize, panicked: F) -> Within<F> {
    let before = CURRENT.replace(Current { layer, panic_counted: false }).layer;
    Within { before, panicked }
}

impl<F: FnMut()> Within<F> {
    /// The code has returned.
    #[inline]
    pub(super) fn leave(self) {
        CURRENT.set(Current { layer: self.before, panic_counted: false });
        std::mem::forget(self);
    }
}

impl<F: FnMut()> Drop for Within<F> {
    #[cold]
    fn drop(&mut self) {
        (self.panicked)();
        let current = CURRENT.get();
        CURRENT.set(Current { layer: self.before, ..current });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn a_panic_is_counted_by_the_innermost_only() {
        let (mut inner, mut outer) = (0, 0);
        for round in 1..=2 {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let around = enter(1, || outer += u32::from(!panic_counted()));
                let within = enter(2, || inner += u32::from(!panic_counted()));
                assert!(is_within(2));
                assert!(round == 0, "as if a handler panicked");
                within.leave();
                around.leave();
            }));
            assert!(unwound.is_err());
            assert!(is_within(0));
            assert_eq!(inner, round);
        }
        // One that was caught in between does not hide the next.
        let before = outer;
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let around = enter(1, || outer += u32::from(!panic_counted()));
            assert!(before > 0, "as if middleware panicked");
            around.leave();
        }));
        assert!(unwound.is_err());
        assert_eq!((inner, outer), (2, 1));
    }
}
