//! What a function returns, as a type: so that what surrounds a body can tell the compiler which type the body has, and can
//! tell futures from other values where the return type does not say it in words.
//!
//! `(&&returns).__tallymark_finish(…)` finds, by method resolution: boxed futures, which are wrapped; other futures, which are refused,
//! because their type has no room for what is measured; and everything else.

use std::{marker::PhantomData, pin::Pin};

use super::{Watch, observe};

/// The type that a function returns.
#[derive(Debug)]
pub struct Returns<R>(PhantomData<fn() -> R>);

impl<R> Clone for Returns<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Returns<R> {}

impl<R> Returns<R> {
    /// A return type that is yet to be inferred.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only macros make it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// Has the type and no value. `if false { return returns.never(); }` makes it the type that the function returns.
    ///
    /// # Panics
    ///
    /// Always.
    #[cold]
    pub fn never(&self) -> R {
        unreachable!("only the type of this is needed")
    }

    /// Calls the closure. Its parameter tells the compiler that the closure is called only once, so that a body that
    /// returns a part of what it captured by value is accepted, as it is in a function.
    #[inline(always)] // a frame of its own would show in every backtrace
    pub fn call(&self, body: impl FnOnce() -> R) -> R {
        body()
    }

    /// Returns a future whose output is that of the future of this type.
    #[inline(always)]
    pub fn typed<F: Future<Output = R::Output>>(&self, future: F) -> F
    where
        R: Future,
    {
        future
    }

    /// Calls a closure that returns a future of this type.
    #[inline(always)]
    pub fn make<F: Future<Output = R>>(&self, make: impl FnOnce() -> F) -> F {
        make()
    }
}

/// A future that is not boxed, and whose type the function's author chose: nothing implements this.
#[diagnostic::on_unimplemented(
    message = "the future that this function returns cannot be measured",
    label = "this type has no room for what is measured",
    note = "write `-> impl Future<Output = …>`, or return `Pin<Box<dyn Future<Output = …> + Send>>`, and the future is measured from its first poll to its end"
)]
pub trait MeasurableFuture {}

/// Chosen for futures that are not boxed.
pub trait ReturnsFuture {
    /// The type of the future.
    type Future;

    /// Refuses the function.
    fn __tallymark_check(&self)
    where
        Self::Future: MeasurableFuture,
    {
    }

    /// Refuses the function.
    fn __tallymark_start<W>(&self, begin: impl FnOnce() -> W) -> Option<W>
    where
        Self::Future: MeasurableFuture;

    /// Refuses the function.
    fn __tallymark_finish<W, B, E>(
        &self,
        future: Self::Future,
        started: Option<W>,
        begin: B,
        end: E,
    ) -> Self::Future
    where
        Self::Future: MeasurableFuture,
        B: FnOnce() -> W,
        E: FnOnce(W, &Self::Future);
}

impl<F: Future> ReturnsFuture for &&Returns<F> {
    type Future = F;

    fn __tallymark_start<W>(&self, begin: impl FnOnce() -> W) -> Option<W>
    where
        F: MeasurableFuture,
    {
        Some(begin())
    }

    fn __tallymark_finish<W, B, E>(&self, future: F, started: Option<W>, _: B, end: E) -> F
    where
        F: MeasurableFuture,
        B: FnOnce() -> W,
        E: FnOnce(W, &F),
    {
        if let Some(started) = started {
            end(started, &future);
        }
        future
    }
}

/// Chosen for what is not a future.
pub trait ReturnsValue {
    /// The type of the value.
    type Value;

    /// Does nothing.
    #[inline(always)]
    fn __tallymark_check(&self) {}

    /// Runs `begin` before the body.
    fn __tallymark_start<W>(&self, begin: impl FnOnce() -> W) -> Option<W>;

    /// Runs `end` on the value.
    fn __tallymark_finish<W, B, E>(
        &self,
        value: Self::Value,
        started: Option<W>,
        begin: B,
        end: E,
    ) -> Self::Value
    where
        B: FnOnce() -> W,
        E: FnOnce(W, &Self::Value);
}

impl<R> ReturnsValue for Returns<R> {
    type Value = R;

    #[inline(always)]
    fn __tallymark_start<W>(&self, begin: impl FnOnce() -> W) -> Option<W> {
        Some(begin())
    }

    #[inline(always)]
    fn __tallymark_finish<W, B, E>(&self, value: R, started: Option<W>, _: B, end: E) -> R
    where
        B: FnOnce() -> W,
        E: FnOnce(W, &R),
    {
        if let Some(started) = started {
            end(started, &value);
        }
        value
    }
}

macro_rules! boxed {
    ($($name:ident: $($pin:ident)? [$($bound:tt)*] [$($send:tt)*];)*) => {$(
        /// Chosen for boxed futures of one kind.
        pub trait $name<'a> {
            /// What the future returns.
            type Output;

            /// The type of the box.
            type Boxed;

            /// Runs nothing: the work begins with the first poll.
            #[inline(always)]
            fn __tallymark_start<W>(&self, _: impl FnOnce() -> W) -> Option<W> {
                None
            }

            /// Puts the future into another one that runs `begin` with the first poll, and `end` on what it returns.
            fn __tallymark_finish<W, B, E>(&self, future: Self::Boxed, started: Option<W>, begin: B, end: E) -> Self::Boxed
            where
                W: Watch $($send)* + 'a,
                B: FnOnce() -> W $($send)* + 'a,
                E: FnOnce(W, &Self::Output) $($send)* + 'a;
        }

        impl<'a, T: 'a> $name<'a> for &Returns<boxed!(@type $($pin)? dyn Future<Output = T> $($bound)* + 'a)> {
            type Output = T;
            type Boxed = boxed!(@type $($pin)? dyn Future<Output = T> $($bound)* + 'a);

            fn __tallymark_finish<W, B, E>(&self, future: Self::Boxed, _: Option<W>, begin: B, end: E) -> Self::Boxed
            where
                W: Watch $($send)* + 'a,
                B: FnOnce() -> W $($send)* + 'a,
                E: FnOnce(W, &T) $($send)* + 'a,
            {
                boxed!(@new $($pin)? observe(future, begin, end))
            }
        }
    )*};
    (@type Pin $($future:tt)*) => { Pin<Box<$($future)*>> };
    (@type $($future:tt)*) => { Box<$($future)*> };
    (@new Pin $($future:tt)*) => { Box::pin($($future)*) };
    (@new $($future:tt)*) => { Box::new($($future)*) };
}

boxed! {
    ReturnsPinned: Pin [] [];
    ReturnsPinnedSend: Pin [+ Send] [+ Send];
    ReturnsPinnedSync: Pin [+ Send + Sync] [+ Send + Sync];
    ReturnsPinnedUnpin: Pin [+ Unpin] [+ Unpin];
    ReturnsPinnedSendUnpin: Pin [+ Send + Unpin] [+ Send + Unpin];
    ReturnsBox: [+ Unpin] [+ Unpin];
    ReturnsBoxSend: [+ Send + Unpin] [+ Send + Unpin];
    ReturnsBoxSync: [+ Send + Sync + Unpin] [+ Send + Sync + Unpin];
}

/// Everything that these methods are looked up in.
pub mod returns {
    pub use super::{
        ReturnsBox as _, ReturnsBoxSend as _, ReturnsBoxSync as _, ReturnsFuture as _, ReturnsPinned as _,
        ReturnsPinnedSend as _, ReturnsPinnedSendUnpin as _, ReturnsPinnedSync as _, ReturnsPinnedUnpin as _,
        ReturnsValue as _,
    };
}
