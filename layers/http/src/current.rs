//! The requests that this thread is at, so that nothing is counted twice.
//!
//! A request may pass several layers of ours: around the service, around a router that is nested in it, at the handlers.
//! Each marks the code that it runs by a frame on a stack of the thread, and looks there for what is around it:
//!
//! - A request is counted by the outermost layer of its families, wherever the others sit. A layer further in that knows
//!   more than the outer one, because it sits behind a router, tells it.
//! - The duration of a handler is observed by the innermost layer at handlers, which is the closest.
//! - A panic is counted by the innermost layer that it passes.

use std::cell::Cell;

use crate::record::Record;

/// Which families a layer counts in: those of one namespace and naming have one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LayerId(usize);

impl LayerId {
    /// Of code that counts nothing of requests, but panics.
    pub(crate) const NONE: Self = Self(0);

    /// Returns the identity with this number.
    pub(crate) fn numbered(number: usize) -> Self {
        Self(number + 1)
    }
}

/// Code that a layer runs. Each field is a cell, since what is stored field by field is not to be loaded as a whole.
struct Frame {
    /// The number of the layer's families, and two flags below it.
    layer: Cell<usize>,
    /// What a layer further in has told of the route.
    record: Cell<Option<&'static Record>>,
}

/// Whether it is a handler that runs, and not a service.
const IS_HANDLER: usize = 1;

/// Whether a layer further in observes the duration of the handler.
const HAS_CLOSER: usize = 1 << 1;

/// By how much the number is shifted.
const FLAGS: u32 = 2;

/// What layers further in have told.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// What is kept for the route that took the request, by a layer further in.
    pub(crate) record: Option<&'static Record>,
    /// Whether one of them observes the duration of the handler.
    pub(crate) handler: bool,
}

/// How many frames are looked at. Code further in than that is taken for code of the last.
const FRAMES: usize = 16;

/// The frames of a thread. Nothing in it is dropped, so that a thread reaches them without asking whether it still has
/// them.
struct Stack {
    depth: Cell<usize>,
    /// Whether a layer further in has counted the panic that is unwinding.
    panic_counted: Cell<bool>,
    frames: [Frame; FRAMES],
}

thread_local! {
    static STACK: Stack = const {
        #[allow(clippy::declare_interior_mutable_const, reason = "it is copied into the places of the stack")]
        const FRAME: Frame = Frame { layer: Cell::new(0), record: Cell::new(None) };
        Stack { depth: Cell::new(0), panic_counted: Cell::new(false), frames: [FRAME; FRAMES] }
    };
}

impl Stack {
    /// The frames that are in use, outermost first.
    #[inline]
    fn used(&self) -> &[Frame] {
        self.frames.get(..self.depth.get()).unwrap_or(&self.frames)
    }

    #[inline]
    fn push(&self, layer: LayerId, flags: usize) {
        let depth = self.depth.get();
        if let Some(frame) = self.frames.get(depth) {
            frame.layer.set(layer.0 << FLAGS | flags);
            frame.record.set(None);
        }
        self.panic_counted.set(false);
        self.depth.set(depth + 1);
    }

    /// Removes the innermost frame, and returns it.
    #[inline]
    fn pop(&self) -> Option<&Frame> {
        let depth = self.depth.get().saturating_sub(1);
        self.depth.set(depth);
        self.frames.get(depth)
    }
}

/// Whether this thread is within a request that a layer of these families counts. Another one then has nothing to count.
#[inline]
pub(crate) fn is_within(layer: LayerId) -> bool {
    let is_its = |frame: &Frame| frame.layer.get() & !HAS_CLOSER == layer.0 << FLAGS;
    STACK.with(|stack| stack.used().iter().any(is_its))
}

/// Tells the layers of these families that are around this code what is known here.
#[inline]
pub(crate) fn tell(layer: LayerId, told: Told) {
    STACK.with(|stack| {
        for frame in stack.used().iter().filter(|frame| frame.layer.get() >> FLAGS == layer.0) {
            if told.record.is_some() {
                // The innermost router knows the most of the template.
                frame.record.set(told.record);
            }
            if told.handler {
                frame.layer.set(frame.layer.get() | HAS_CLOSER);
            }
        }
    });
}

/// Counts a panic of code that it runs.
pub(crate) trait OnPanic {
    /// Called when the code has panicked. `counted` says whether a layer further in has counted that; returns whether
    /// any has now.
    fn on_panic(&mut self, counted: bool) -> bool;
}

/// The code of a request runs for as long as this lives. If it is dropped and not left, that was a panic.
///
/// A guard and not a function that takes a closure: what the code takes and returns is often some hundred bytes, which
/// would be copied into the closure and out of it.
pub(crate) struct PanicGuard<'a, P: OnPanic> {
    on_panic: &'a mut P,
}

/// Begins to run code of a request.
#[inline]
pub(crate) fn enter_request<P: OnPanic>(layer: LayerId, on_panic: &mut P) -> PanicGuard<'_, P> {
    STACK.with(|stack| stack.push(layer, 0));
    PanicGuard { on_panic }
}

/// Begins to run code of a handler.
#[inline]
pub(crate) fn enter_handler<P: OnPanic>(layer: LayerId, on_panic: &mut P) -> PanicGuard<'_, P> {
    STACK.with(|stack| stack.push(layer, IS_HANDLER));
    PanicGuard { on_panic }
}

impl<P: OnPanic> PanicGuard<'_, P> {
    /// Ends the frame of code that has returned, and returns what layers within it told.
    #[inline]
    pub(crate) fn leave(self) -> Told {
        std::mem::forget(self);
        STACK.with(|stack| {
            // A panic that was caught in between hides none that comes now.
            stack.panic_counted.set(false);
            let frame = stack.pop();
            let record = frame.and_then(|frame| frame.record.get());
            Told { record, handler: frame.is_some_and(|frame| frame.layer.get() & HAS_CLOSER != 0) }
        })
    }
}

impl<P: OnPanic> Drop for PanicGuard<'_, P> {
    #[cold]
    fn drop(&mut self) {
        STACK.with(|stack| {
            stack.pop();
            let counted = self.on_panic.on_panic(stack.panic_counted.get());
            // The next panic is another one, if this one ends here or is caught outside.
            stack.panic_counted.set(counted && stack.depth.get() > 0);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const ONE: LayerId = LayerId(1);
    const OTHER: LayerId = LayerId(2);

    #[derive(Default)]
    struct Panics(u32);

    impl OnPanic for Panics {
        fn on_panic(&mut self, counted: bool) -> bool {
            self.0 += u32::from(!counted);
            true
        }
    }

    #[test]
    fn a_panic_is_counted_by_the_innermost_only() {
        let (mut inner, mut outer) = (Panics::default(), Panics::default());
        for round in 1..=2 {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let around = enter_request(ONE, &mut outer);
                let within = enter_request(OTHER, &mut inner);
                assert!(is_within(ONE) && is_within(OTHER));
                assert!(round == 0, "as if a handler panicked");
                within.leave();
                around.leave();
            }));
            assert!(unwound.is_err());
            assert!(!is_within(ONE) && !is_within(OTHER));
            assert_eq!(inner.0, round);
        }
        // One that was caught in between does not hide the next.
        let before = outer.0;
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let around = enter_request(ONE, &mut outer);
            assert!(before > 0, "as if middleware panicked");
            around.leave();
        }));
        assert!(unwound.is_err());
        assert_eq!((inner.0, outer.0), (2, 1));
    }

    #[test]
    fn layers_are_found_around_others_and_a_handler_is_no_request() {
        let mut panics = [(); 3].map(|()| Panics::default());
        let [first, second, third] = &mut panics;
        let handler = enter_handler(OTHER, first);
        assert!(!is_within(OTHER));
        let outer = enter_request(ONE, second);
        let between = enter_request(OTHER, third);
        assert!(is_within(ONE), "around another one");
        tell(ONE, Told { handler: true, record: None });
        assert!(!between.leave().handler, "it counts in other families");
        assert!(outer.leave().handler);
        assert!(!handler.leave().handler);
    }

    #[test]
    fn frames_beyond_the_last_are_left_as_they_were_entered() {
        let mut panics: Vec<Panics> = (0..FRAMES * 2).map(|_| Panics::default()).collect();
        let mut guards: Vec<_> = panics.iter_mut().map(|panics| enter_request(ONE, panics)).collect();
        tell(ONE, Told { handler: true, record: None });
        let mut told = 0;
        while let Some(guard) = guards.pop() {
            told += usize::from(guard.leave().handler);
        }
        assert_eq!(told, FRAMES);
        assert!(!is_within(ONE));
    }
}
