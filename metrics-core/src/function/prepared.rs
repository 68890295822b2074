//! What an attribute's expression makes of a function's arguments before the body takes them.

use std::sync::{Arc, Mutex, PoisonError};

/// A metric that an expression names as a place: `COUNTER`, `self.counter`. `(&Pick(&place)).__tallymark_pick()` finds, by method
/// resolution, a copy of what can be copied, and a reference to everything else.
#[derive(Debug)]
pub struct Pick<'a, T: ?Sized>(pub &'a T);

/// Chosen for handles, which can be copied.
pub trait PickCopy {
    /// The type of the handle.
    type Handle;

    /// Returns a copy.
    fn __tallymark_pick(&self) -> Self::Handle;
}

impl<T: Copy> PickCopy for Pick<'_, T> {
    type Handle = T;

    #[inline]
    fn __tallymark_pick(&self) -> T {
        *self.0
    }
}

/// Chosen for everything else.
pub trait PickReference<'a> {
    /// The type of the metric.
    type Metric: ?Sized;

    /// Returns the reference.
    fn __tallymark_pick(&self) -> &'a Self::Metric;
}

impl<'a, T: ?Sized> PickReference<'a> for &Pick<'a, T> {
    type Metric = T;

    #[inline]
    fn __tallymark_pick(&self) -> &'a T {
        self.0
    }
}

/// Hands one value out of a future that is about to run to what watches it from outside.
#[derive(Debug)]
pub struct Giver<T>(Arc<Mutex<Option<T>>>);

/// The other end of a [`Giver`].
#[derive(Debug)]
pub struct Taker<T>(Arc<Mutex<Option<T>>>);

/// Returns both ends.
#[must_use]
pub fn handover<T>() -> (Giver<T>, Taker<T>) {
    let place = Arc::new(Mutex::new(None));
    (Giver(Arc::clone(&place)), Taker(place))
}

impl<T> Giver<T> {
    /// Gives the value.
    pub fn give(self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }
}

impl<T> Taker<T> {
    /// Returns the value, if it was given.
    #[must_use]
    pub fn take(self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
