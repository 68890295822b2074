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
    /// Whether it is `Err`.
    fn failed(&self) -> bool;
}

impl<T, E> ResultProbe for Probe<'_, Result<T, E>> {
    #[inline]
    fn failed(&self) -> bool {
        self.0.is_err()
    }
}

/// Chosen for everything else.
pub trait AnyProbe {
    /// Always `false`.
    fn failed(&self) -> bool;
}

impl<T: ?Sized> AnyProbe for &Probe<'_, T> {
    #[inline]
    fn failed(&self) -> bool {
        false
    }
}
