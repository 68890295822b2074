//! What answers say about lookups and other operations.

use super::labels::{GetResult, WriteResult};

/// An answer to a lookup. Implement it for answers of your own.
///
/// ```
/// use tallymark::cache::{GetResult, Lookup};
///
/// assert_eq!(Some(0).get_result(), GetResult::Hit);
/// assert_eq!(None::<u8>.get_result(), GetResult::Miss);
/// assert_eq!(Err::<Option<u8>, _>("connection lost").get_result(), GetResult::Error);
/// ```
///
/// What is found is a hit, whatever it is: an empty text and a zero too.
pub trait Lookup {
    /// Hit, miss or error.
    fn get_result(&self) -> GetResult;
}

/// `Some` is a hit.
impl<T> Lookup for Option<T> {
    #[inline]
    fn get_result(&self) -> GetResult {
        if self.is_some() { GetResult::Hit } else { GetResult::Miss }
    }
}

/// `true` is a hit.
impl Lookup for bool {
    #[inline]
    fn get_result(&self) -> GetResult {
        if *self { GetResult::Hit } else { GetResult::Miss }
    }
}

/// `Err` is an error, whatever it says.
impl<T: Lookup, E> Lookup for Result<T, E> {
    #[inline]
    fn get_result(&self) -> GetResult {
        self.as_ref().map_or(GetResult::Error, Lookup::get_result)
    }
}

/// An answer to an operation that is not a lookup. Implement it for answers of your own.
///
/// ```
/// use tallymark::cache::{WriteResult, Written};
///
/// assert_eq!(().write_result(), WriteResult::Ok);
/// assert_eq!(Ok::<_, String>(false).write_result(), WriteResult::Unchanged);
/// assert_eq!(Err::<(), _>("read only").write_result(), WriteResult::Error);
/// ```
pub trait Written {
    /// Done, unchanged or error.
    fn write_result(&self) -> WriteResult;
}

impl Written for () {
    #[inline]
    fn write_result(&self) -> WriteResult {
        WriteResult::Ok
    }
}

/// `false`: nothing changed.
impl Written for bool {
    #[inline]
    fn write_result(&self) -> WriteResult {
        if *self { WriteResult::Ok } else { WriteResult::Unchanged }
    }
}

/// `None`: nothing was there to take out.
impl<T> Written for Option<T> {
    #[inline]
    fn write_result(&self) -> WriteResult {
        if self.is_some() { WriteResult::Ok } else { WriteResult::Unchanged }
    }
}

/// `Err` is an error, whatever it says.
impl<T: Written, E> Written for Result<T, E> {
    #[inline]
    fn write_result(&self) -> WriteResult {
        self.as_ref().map_or(WriteResult::Error, Written::write_result)
    }
}
