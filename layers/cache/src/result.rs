//! From the value that an operation returned to the result that it is counted under.

use crate::labels::{GetResult, WriteResult};

/// Converts the value that a lookup returned to a [`GetResult`]. Implement it for your own return types.
///
/// ```
/// use tallymark_cache::{GetResult, ToGetResult};
///
/// assert_eq!(Some(0).to_get_result(), GetResult::Hit);
/// assert_eq!(None::<u8>.to_get_result(), GetResult::Miss);
/// assert_eq!(Err::<Option<u8>, _>("connection lost").to_get_result(), GetResult::Error);
/// ```
///
/// Any value that was found is a hit, an empty text and a zero included.
pub trait ToGetResult {
    /// Returns whether this is a hit, a miss or an error.
    fn to_get_result(&self) -> GetResult;
}

/// `Some` is a hit.
impl<T> ToGetResult for Option<T> {
    #[inline]
    fn to_get_result(&self) -> GetResult {
        if self.is_some() { GetResult::Hit } else { GetResult::Miss }
    }
}

/// `true` is a hit.
impl ToGetResult for bool {
    #[inline]
    fn to_get_result(&self) -> GetResult {
        if *self { GetResult::Hit } else { GetResult::Miss }
    }
}

/// `Err` is an error, whatever the error type.
impl<T: ToGetResult, E> ToGetResult for Result<T, E> {
    #[inline]
    fn to_get_result(&self) -> GetResult {
        self.as_ref().map_or(GetResult::Error, ToGetResult::to_get_result)
    }
}

/// Converts the value that a set, a delete or another write returned to a [`WriteResult`]. Implement it for your own
/// return types.
///
/// ```
/// use tallymark_cache::{ToWriteResult, WriteResult};
///
/// assert_eq!(().to_write_result(), WriteResult::Ok);
/// assert_eq!(Ok::<_, String>(false).to_write_result(), WriteResult::Unchanged);
/// assert_eq!(Err::<(), _>("read only").to_write_result(), WriteResult::Error);
/// ```
pub trait ToWriteResult {
    /// Returns whether the write was carried out, changed nothing or failed.
    fn to_write_result(&self) -> WriteResult;
}

impl ToWriteResult for () {
    #[inline]
    fn to_write_result(&self) -> WriteResult {
        WriteResult::Ok
    }
}

/// `false` means that nothing changed.
impl ToWriteResult for bool {
    #[inline]
    fn to_write_result(&self) -> WriteResult {
        if *self { WriteResult::Ok } else { WriteResult::Unchanged }
    }
}

/// `None` means that there was nothing to delete.
impl<T> ToWriteResult for Option<T> {
    #[inline]
    fn to_write_result(&self) -> WriteResult {
        if self.is_some() { WriteResult::Ok } else { WriteResult::Unchanged }
    }
}

/// `Err` is an error, whatever the error type.
impl<T: ToWriteResult, E> ToWriteResult for Result<T, E> {
    #[inline]
    fn to_write_result(&self) -> WriteResult {
        self.as_ref().map_or(WriteResult::Error, ToWriteResult::to_write_result)
    }
}
