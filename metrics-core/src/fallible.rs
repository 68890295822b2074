//! Whether a returned value means failure, found without naming its type.
//!
//! `#[timed]` sees tokens, and `Result` has many aliases. Method resolution sees types: with both traits in scope,
//! `(&Probe(&value)).__tallymark_failed()` finds the implementation for `Result` first and the one for everything else only
//! after one more reference. In a generic function the type is not known when the method is chosen, so a `T` that
//! happens to be a `Result` counts as a success.
//!
//! The methods have names that no trait of the user's has, whatever it is implemented for.

/// Holds a borrowed return value for [`ResultProbe`] and [`AnyProbe`].
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// Chosen for `Result`.
pub trait ResultProbe {
    /// What is in `Ok`.
    type Success;

    /// Whether it is `Err`.
    fn __tallymark_failed(&self) -> bool;

    /// What is in `Ok`, if it is one.
    fn __tallymark_success(&self) -> Option<&Self::Success>;
}

impl<T, E> ResultProbe for Probe<'_, Result<T, E>> {
    type Success = T;

    #[inline]
    fn __tallymark_failed(&self) -> bool {
        self.0.is_err()
    }

    #[inline]
    fn __tallymark_success(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }
}

/// Chosen for everything else.
pub trait AnyProbe {
    /// The type of the value.
    type Success: ?Sized;

    /// Always `false`.
    fn __tallymark_failed(&self) -> bool;

    /// The value.
    fn __tallymark_success(&self) -> Option<&Self::Success>;
}

impl<T: ?Sized> AnyProbe for &Probe<'_, T> {
    type Success = T;

    #[inline]
    fn __tallymark_failed(&self) -> bool {
        false
    }

    #[inline]
    fn __tallymark_success(&self) -> Option<&T> {
        Some(self.0)
    }
}

/// A value that may be an error, in generated code that has to have one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`",
    label = "errors are counted, and this is not a `Result`",
    note = "let the function return a `Result`, or leave out what counts its errors"
)]
pub trait Fallible {
    /// The type of the error.
    type Error;

    /// Returns the error, if it is one.
    fn __tallymark_error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fallible for Result<T, E> {
    type Error = E;

    #[inline]
    fn __tallymark_error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// Returns the error, if the value is one.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the closures around it are to be compiled away")]
pub fn error_of<R: Fallible>(value: &R) -> Option<&R::Error> {
    value.__tallymark_error()
}
