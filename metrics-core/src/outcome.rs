//! Whether a returned value means failure, found without naming its type.
//!
//! `#[timed]` sees tokens, and `Result` has many aliases. Method resolution sees types: with both traits in scope,
//! `(&Probe(&value)).failed()` finds the implementation for `Result` first and the one for everything else only
//! after one more reference. In a generic function the type is not known when the method is chosen, so a `T` that
//! happens to be a `Result` counts as a success.

/// Holds a borrowed return value for [`ResultProbe`] and [`AnyProbe`].
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// Chosen for `Result`.
pub trait ResultProbe {
    /// What is in `Ok`.
    type Success;

    /// Whether it is `Err`.
    fn failed(&self) -> bool;

    /// What is in `Ok`, if it is one.
    fn success(&self) -> Option<&Self::Success>;
}

impl<T, E> ResultProbe for Probe<'_, Result<T, E>> {
    type Success = T;

    #[inline]
    fn failed(&self) -> bool {
        self.0.is_err()
    }

    #[inline]
    fn success(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }
}

/// Chosen for everything else.
pub trait AnyProbe {
    /// The type of the value.
    type Success: ?Sized;

    /// Always `false`.
    fn failed(&self) -> bool;

    /// The value.
    fn success(&self) -> Option<&Self::Success>;
}

impl<T: ?Sized> AnyProbe for &Probe<'_, T> {
    type Success = T;

    #[inline]
    fn failed(&self) -> bool {
        false
    }

    #[inline]
    fn success(&self) -> Option<&T> {
        Some(self.0)
    }
}

/// Calls the closure. Its parameter tells the compiler that the closure is called once only, so that a body that
/// returns a part of what it captured by value is accepted, as it is in a function.
#[inline(always)]
#[allow(clippy::inline_always)] // a frame of its own would show in every backtrace
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}
