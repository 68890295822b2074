//! What is made when it is first needed, and kept.

use super::memory::{end, keep};
use std::{
    marker::PhantomData,
    ptr::{self, NonNull},
    sync::atomic::{AtomicPtr, Ordering},
};

/// A value that is made when it is first asked for. Where two threads make it, one of them wins and the other value is
/// dropped; nobody waits.
///
/// It is not put into a `Box`: the global allocator may count in what it is for.
pub(crate) struct Once<T> {
    place: AtomicPtr<T>,
    value: PhantomData<T>,
}

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self { place: AtomicPtr::new(ptr::null_mut()), value: PhantomData }
    }

    /// The value, if it was made.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: null, or a value that is kept as long as `self`. Pairs with the release in `get_or_init`.
        unsafe { self.place.load(Ordering::Acquire).as_ref() }
    }

    /// The value, which is made unless it was.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let value = keep(make());
        let place = match self.place.compare_exchange(
            ptr::null_mut(),
            value.as_ptr(),
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => value.as_ptr(),
            Err(winner) => {
                // SAFETY: nobody else knows of it.
                unsafe { end(value) };
                winner
            }
        };
        // SAFETY: not null, and kept as long as `self`.
        unsafe { &*place }
    }
}

impl<T> Drop for Once<T> {
    fn drop(&mut self) {
        if let Some(place) = NonNull::new(*self.place.get_mut()) {
            // SAFETY: kept in `get_or_init`, and nobody can have a reference any more.
            unsafe { end(place) };
        }
    }
}

// SAFETY: it owns a `T`, which another thread may have made and may drop, and hands out shared references to it.
unsafe impl<T: Send + Sync> Sync for Once<T> {}
// SAFETY: it owns a `T`.
unsafe impl<T: Send> Send for Once<T> {}

#[cfg(test)]
mod tests {
    use super::Once;
    use std::{sync::Arc, thread};

    #[test]
    fn one_of_two_values_is_kept_and_all_are_dropped() {
        let value = Arc::new(());
        let once = Once::new();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| once.get_or_init(|| Arc::clone(&value)));
            }
        });
        assert!(once.get().is_some());
        assert_eq!(Arc::strong_count(&value), 2);
        drop(once);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
