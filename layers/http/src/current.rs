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

/// Counts a panic of code that it runs.
pub(super) trait Panicked {
    /// The code panicked. `counted` says whether a layer further in has counted that; the answer, whether any has now.
    fn panicked(&mut self, counted: bool) -> bool;
}

/// The code of a request runs for as long as this lives. If it is dropped and not left, that was a panic.
///
/// A guard and not a function that takes a closure: what the code takes and returns is often some hundred bytes, which
/// would be copied into the closure and out of it.
pub(super) struct Within<'a, P: Panicked> {
    before: usize,
    panicked: &'a mut P,
}

/// Whether this thread is within a request of the layer at this address: it was installed twice then, and the inner one
/// of the two has nothing to count.
#[inline]
pub(super) fn is_within(layer: usize) -> bool {
    CURRENT.get().layer == layer
}

/// Begins to run code of a request.
#[inline]
pub(super) fn enter<P: Panicked>(layer: usize, panicked: &mut P) -> Within<'_, P> {
    let before = CURRENT.replace(Current { layer, panic_counted: false }).layer;
    Within { before, panicked }
}

impl<P: Panicked> Within<'_, P> {
    /// The code has returned.
    #[inline]
    pub(super) fn leave(self) {
        CURRENT.set(Current { layer: self.before, panic_counted: false });
        std::mem::forget(self);
    }
}

impl<P: Panicked> Drop for Within<'_, P> {
    #[cold]
    fn drop(&mut self) {
        let panic_counted = self.panicked.panicked(CURRENT.get().panic_counted);
        CURRENT.set(Current { layer: self.before, panic_counted });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[derive(Default)]
    struct Panics(u32);

    impl Panicked for Panics {
        fn panicked(&mut self, counted: bool) -> bool {
            self.0 += u32::from(!counted);
            true
        }
    }

    #[test]
    fn a_panic_is_counted_by_the_innermost_only() {
        let (mut inner, mut outer) = (Panics::default(), Panics::default());
        for round in 1..=2 {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let around = enter(1, &mut outer);
                let within = enter(2, &mut inner);
                assert!(is_within(2));
                assert!(round == 0, "as if a handler panicked");
                within.leave();
                around.leave();
            }));
            assert!(unwound.is_err());
            assert!(is_within(0));
            assert_eq!(inner.0, round);
        }
        // One that was caught in between does not hide the next.
        let before = outer.0;
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let around = enter(1, &mut outer);
            assert!(before > 0, "as if middleware panicked");
            around.leave();
        }));
        assert!(unwound.is_err());
        assert_eq!((inner.0, outer.0), (2, 1));
    }
}
