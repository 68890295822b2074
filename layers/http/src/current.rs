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
    layer: Cell<LayerId>,
    /// Whether it is a handler that runs, and not a service.
    is_handler: Cell<bool>,
    /// Whether a layer further in has counted the panic that is unwinding.
    panic_counted: Cell<bool>,
    /// What layers further in have told.
    route: Cell<Option<&'static str>>,
    has_closer: Cell<bool>,
}

/// What layers further in have told.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// The route that took the request.
    pub(crate) route: Option<&'static str>,
    /// Whether one of them observes the duration of the handler.
    pub(crate) handler: bool,
}

/// How many frames are looked at. Code further in than that is taken for code of the last.
const FRAMES: usize = 16;

/// The frames of a thread. Nothing in it is dropped, so that a thread reaches them without asking whether it still has
/// them.
struct Stack {
    depth: Cell<usize>,
    frames: [Frame; FRAMES],
}

thread_local! {
    static STACK: Stack = const {
        #[allow(clippy::declare_interior_mutable_const, reason = "it is copied into the places of the stack")]
        const FRAME: Frame = Frame {
            layer: Cell::new(LayerId::NONE),
            is_handler: Cell::new(false),
            panic_counted: Cell::new(false),
            route: Cell::new(None),
            has_closer: Cell::new(false),
        };
        Stack { depth: Cell::new(0), frames: [FRAME; FRAMES] }
    };
}

impl Stack {
    /// The frames that are in use, outermost first.
    #[inline]
    fn used(&self) -> &[Frame] {
        self.frames.get(..self.depth.get()).unwrap_or(&self.frames)
    }

    #[inline]
    fn push(&self, layer: LayerId, is_handler: bool) {
        let depth = self.depth.get();
        if let Some(frame) = self.frames.get(depth) {
            frame.layer.set(layer);
            frame.is_handler.set(is_handler);
            frame.panic_counted.set(false);
            frame.route.set(None);
            frame.has_closer.set(false);
        }
        self.depth.set(depth + 1);
    }

    /// Removes the innermost frame, and returns it and the one around it.
    #[inline]
    fn pop(&self) -> (Option<&Frame>, Option<&Frame>) {
        let depth = self.depth.get().saturating_sub(1);
        self.depth.set(depth);
        (self.frames.get(depth), depth.checked_sub(1).and_then(|at| self.frames.get(at)))
    }
}

/// Whether this thread is within a request that a layer of these families counts. Another one then has nothing to count.
#[inline]
pub(crate) fn is_within(layer: LayerId) -> bool {
    let is_its = |frame: &Frame| frame.layer.get() == layer && !frame.is_handler.get();
    STACK.with(|stack| stack.used().iter().any(is_its))
}

/// Tells the layers of these families that are around this code what is known here.
#[inline]
pub(crate) fn tell(layer: LayerId, told: Told) {
    STACK.with(|stack| {
        for frame in stack.used().iter().filter(|frame| frame.layer.get() == layer) {
            if told.route.is_some() {
                // The innermost router knows the most of the template.
                frame.route.set(told.route);
            }
            if told.handler {
                frame.has_closer.set(true);
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
    STACK.with(|stack| stack.push(layer, false));
    PanicGuard { on_panic }
}

/// Begins to run code of a handler.
#[inline]
pub(crate) fn enter_handler<P: OnPanic>(layer: LayerId, on_panic: &mut P) -> PanicGuard<'_, P> {
    STACK.with(|stack| stack.push(layer, true));
    PanicGuard { on_panic }
}

impl<P: OnPanic> PanicGuard<'_, P> {
    /// Ends the frame of code that has returned, and returns what layers within it told.
    #[inline]
    pub(crate) fn leave(self) -> Told {
        std::mem::forget(self);
        STACK.with(|stack| {
            let (frame, around) = stack.pop();
            if let Some(around) = around {
                // A panic that was caught in between hides none that comes now.
                around.panic_counted.set(false);
            }
            let route = frame.and_then(|frame| frame.route.get());
            Told { route, handler: frame.is_some_and(|frame| frame.has_closer.get()) }
        })
    }
}

impl<P: OnPanic> Drop for PanicGuard<'_, P> {
    #[cold]
    fn drop(&mut self) {
        STACK.with(|stack| {
            let (frame, around) = stack.pop();
            let counted = self.on_panic.on_panic(frame.is_some_and(|frame| frame.panic_counted.get()));
            if let Some(around) = around {
                around.panic_counted.set(counted);
            }
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
        tell(ONE, Told { handler: true, route: None });
        assert!(!between.leave().handler, "it counts in other families");
        assert!(outer.leave().handler);
        assert!(!handler.leave().handler);
    }

    #[test]
    fn frames_beyond_the_last_are_left_as_they_were_entered() {
        let mut panics: Vec<Panics> = (0..FRAMES * 2).map(|_| Panics::default()).collect();
        let mut guards: Vec<_> = panics.iter_mut().map(|panics| enter_request(ONE, panics)).collect();
        tell(ONE, Told { handler: true, route: None });
        let mut told = 0;
        while let Some(guard) = guards.pop() {
            told += usize::from(guard.leave().handler);
        }
        assert_eq!(told, FRAMES);
        assert!(!is_within(ONE));
    }
}
