//! The unit of work that this thread is at: an HTTP request, or a job.
//!
//! Layers meet here without knowing each other. One that receives requests makes a [`UnitOfWork`] for each, and enters it
//! whenever it runs the request's code. One that is called by that code keeps what it counts for the request in the
//! [slot](with_current) of the unit, and is told when the unit ends, if it has [submitted](crate::unit_observer) how.
//!
//! ```
//! use std::any::Any;
//! use tallymark_core::request::{UnitObserver, UnitOfWork, with_current};
//!
//! struct Mails;
//!
//! impl UnitObserver for Mails {
//!     fn ended(&self, kept: Option<Box<dyn Any + Send>>) {
//!         let mails = kept.and_then(|kept| kept.downcast::<u32>().ok()).map_or(0, |mails| *mails);
//!         println!("the request sent {mails} mails");
//!     }
//! }
//!
//! let mut unit = UnitOfWork::new(&Mails);
//! {
//!     let _entered = unit.enter();
//!     // Deep in the code of the request.
//!     let counted = with_current(|slot| {
//!         let kept = slot.get_or_insert_with(|| Box::new(0_u32));
//!         if let Some(mails) = kept.downcast_mut::<u32>() {
//!             *mails += 1;
//!         }
//!     });
//!     assert!(counted.is_some());
//! }
//! assert!(with_current(|_| ()).is_none(), "nothing is entered any more");
//! ```
//!
//! The slot is empty until something is put into it, so a unit in which nothing happens allocates nothing. There is one
//! slot, and [`observer_in`] gives the observer of one layer: `tallymark-db` is the only one so far.

use crate::cell::OFF;
use std::{any::Any, cell::Cell, fmt};

/// What a layer keeps for a unit of work; nothing before it is put in.
type Slot = Option<Box<dyn Any + Send>>;

thread_local! {
    /// The slot of the unit that this thread is at, if it is at one. It travels with its unit while that is not entered.
    static CURRENT: Cell<Option<Slot>> = const { Cell::new(None) };
}

/// A layer that keeps something for each unit of work.
pub trait UnitObserver: Sync {
    /// A unit has ended, however it did. `kept` is what its slot holds.
    fn ended(&self, kept: Option<Box<dyn Any + Send>>);
}

/// Returns the observer of units that count in a namespace, or `None` if its families cannot be declared there.
///
/// It is called once for each layer that makes units, not once for each unit.
pub type UnitObserverIn = fn(namespace: Option<&str>) -> Option<&'static dyn UnitObserver>;

/// Returns the observer of the layer that keeps something for units of work, or `None` if no such layer is linked.
///
/// Without an observer there is nothing to make a [`UnitOfWork`] for.
pub fn observer_in(namespace: Option<&str>) -> Option<&'static dyn UnitObserver> {
    if OFF {
        return None;
    }
    slice::submitted().iter().find_map(|observer_in| observer_in(namespace))
}

/// Submits a function that gives observers of units of work ([`UnitObserverIn`](crate::request::UnitObserverIn)) to
/// whichever layer makes units.
///
/// On targets where the linker finds nothing, units have no observers.
#[macro_export]
macro_rules! unit_observer {
    ($observer_in:expr $(,)?) => {
        const _: () = {
            $crate::__submit_unit_observer!($observer_in);
        };
    };
}

/// One request, or another unit of work such as a job. Dropped, it has ended.
#[must_use = "a unit holds what is kept while it is entered"]
pub struct UnitOfWork {
    observer: &'static dyn UnitObserver,
    /// The slot; while the unit is entered, that of the unit around it, if there is one.
    slot: Option<Slot>,
}

impl UnitOfWork {
    /// Begins a unit, of which an observer hears when it ends.
    #[inline]
    pub fn new(observer: &'static dyn UnitObserver) -> Self {
        Self { observer, slot: Some(None) }
    }

    /// Enters the unit: what this thread executes belongs to it until the guard is dropped.
    ///
    /// The guard must not be held across an `await`, since the thread works on other units then. A future is polled with
    /// the unit entered, each time anew. A unit within a unit is one of its own.
    #[inline]
    pub fn enter(&mut self) -> EnteredUnit<'_> {
        exchange(&mut self.slot);
        EnteredUnit { unit: self }
    }

    /// Ends the unit without telling the observer, as if it had never been.
    #[inline]
    pub fn discard(mut self) {
        self.slot = None;
    }
}

impl Drop for UnitOfWork {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.observer.ended(slot);
        }
    }
}

impl fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitOfWork").finish_non_exhaustive()
    }
}

/// A unit of work that this thread is at. Made by [`UnitOfWork::enter`].
#[derive(Debug)]
#[must_use = "dropped at once, nothing belongs to the unit"]
pub struct EnteredUnit<'a> {
    unit: &'a mut UnitOfWork,
}

impl Drop for EnteredUnit<'_> {
    #[inline]
    fn drop(&mut self) {
        exchange(&mut self.unit.slot);
    }
}

/// Exchanges the current slot and another one. While a thread ends it has none, and nothing changes.
#[inline]
fn exchange(slot: &mut Option<Slot>) {
    let _ = CURRENT.try_with(|current| *slot = current.replace(slot.take()));
}

/// Calls `f` with the slot of the unit that this thread is at, and returns what it returns; `None` if the thread is at no
/// unit.
///
/// While `f` runs the thread is at no unit, so what `f` calls cannot come back here.
#[inline]
pub fn with_current<R>(f: impl FnOnce(&mut Option<Box<dyn Any + Send>>) -> R) -> Option<R> {
    /// Puts the slot back, after a panic too.
    struct Taken(Option<Slot>);

    impl Drop for Taken {
        #[inline]
        fn drop(&mut self) {
            exchange(&mut self.0);
        }
    }

    let mut taken = Taken(None);
    exchange(&mut taken.0);
    taken.0.as_mut().map(f)
}

/// How submitted functions are found: see `registry/linked.rs`, whose condition this is.
#[doc(hidden)]
#[cfg(all(
    not(miri),
    any(
        target_os = "linux",
        target_os = "macos",
        target_os = "ios",
        target_os = "tvos",
        target_os = "windows",
        target_os = "android",
        target_os = "fuchsia",
        target_os = "illumos",
        target_os = "freebsd",
        target_os = "openbsd",
    )
))]
pub mod slice {
    use super::UnitObserverIn;

    /// Every submitted function. The name changes with the type of its elements.
    #[linkme::distributed_slice]
    pub static __TALLYMARK_UNIT_OBSERVERS_V1: [UnitObserverIn];

    // A section without elements trips some linkers on Windows, so there always is one.
    #[allow(unsafe_code, reason = "`linkme` names a section")]
    const _: () = {
        #[linkme::distributed_slice(__TALLYMARK_UNIT_OBSERVERS_V1)]
        static NONE: UnitObserverIn = |_| None;
    };

    pub(super) fn submitted() -> &'static [UnitObserverIn] {
        __TALLYMARK_UNIT_OBSERVERS_V1.static_slice()
    }

    #[doc(hidden)]
    #[macro_export]
    macro_rules! __submit_unit_observer {
        ($observer_in:expr) => {
            #[$crate::__private_v4::linkme::distributed_slice(
                $crate::request::slice::__TALLYMARK_UNIT_OBSERVERS_V1
            )]
            #[linkme(crate = $crate::__private_v4::linkme)]
            static OBSERVER_IN: $crate::request::UnitObserverIn = $observer_in;
        };
    }
}

/// There is no list of the linker's on this target.
#[doc(hidden)]
#[cfg(not(all(
    not(miri),
    any(
        target_os = "linux",
        target_os = "macos",
        target_os = "ios",
        target_os = "tvos",
        target_os = "windows",
        target_os = "android",
        target_os = "fuchsia",
        target_os = "illumos",
        target_os = "freebsd",
        target_os = "openbsd",
    )
)))]
pub mod slice {
    use super::UnitObserverIn;

    pub(super) fn submitted() -> &'static [UnitObserverIn] {
        &[]
    }

    #[doc(hidden)]
    #[macro_export]
    macro_rules! __submit_unit_observer {
        ($observer_in:expr) => {
            #[allow(dead_code)]
            static OBSERVER_IN: $crate::request::UnitObserverIn = $observer_in;
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Mutex,
    };

    /// What units of this observer held at their ends.
    struct Ends(Mutex<Vec<Option<u32>>>);

    impl Ends {
        fn leak() -> &'static Self {
            Box::leak(Box::new(Self(Mutex::new(Vec::new()))))
        }

        fn seen(&self) -> Vec<Option<u32>> {
            self.0.lock().expect("nothing panics with it").clone()
        }
    }

    impl UnitObserver for Ends {
        fn ended(&self, kept: Slot) {
            let kept = kept.map(|kept| *kept.downcast::<u32>().expect("a number was put in"));
            self.0.lock().expect("nothing panics with it").push(kept);
        }
    }

    fn add(more: u32) {
        with_current(|slot| {
            let kept = slot.get_or_insert_with(|| Box::new(0_u32));
            *kept.downcast_mut::<u32>().expect("a number was put in") += more;
        });
    }

    #[test]
    fn a_unit_within_a_unit_keeps_for_itself() {
        let (outer, inner) = (Ends::leak(), Ends::leak());
        {
            let mut unit = UnitOfWork::new(outer);
            let _entered = unit.enter();
            add(1);
            {
                let mut unit = UnitOfWork::new(inner);
                let _entered = unit.enter();
                add(10);
            }
            add(2);
        }
        assert_eq!((outer.seen(), inner.seen()), (vec![Some(3)], vec![Some(10)]));
        add(1);
        assert!(with_current(|_| ()).is_none());
    }

    #[test]
    fn a_unit_ends_once_whatever_becomes_of_its_code() {
        let ends = Ends::leak();
        drop(UnitOfWork::new(ends));
        let mut unit = UnitOfWork::new(ends);
        for _ in 0..2 {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let _entered = unit.enter();
                add(1);
                with_current(|_| panic!("as asked for"));
            }));
            assert!(unwound.is_err());
            assert!(with_current(|_| ()).is_none());
        }
        drop(unit);
        assert_eq!(ends.seen(), [None, Some(2)]);
    }

    #[test]
    fn a_unit_goes_from_thread_to_thread() {
        let ends = Ends::leak();
        let mut unit = UnitOfWork::new(ends);
        for _ in 0..3 {
            unit = std::thread::spawn(move || {
                let entered = unit.enter();
                add(1);
                drop(entered);
                unit
            })
            .join()
            .expect("it ends");
        }
        drop(unit);
        assert_eq!(ends.seen(), [Some(3)]);
    }

    #[test]
    fn a_discarded_unit_was_none() {
        let ends = Ends::leak();
        let mut unit = UnitOfWork::new(ends);
        let entered = unit.enter();
        add(1);
        drop(entered);
        unit.discard();
        assert_eq!(ends.seen(), []);
    }

    #[cfg(not(miri))]
    #[test]
    fn the_observer_is_that_of_the_layer_that_is_linked() {
        struct Linked;
        impl UnitObserver for Linked {
            fn ended(&self, _: Slot) {}
        }
        #[allow(unsafe_code, reason = "`linkme` names a section")]
        const _: () = {
            #[linkme::distributed_slice(slice::__TALLYMARK_UNIT_OBSERVERS_V1)]
            static OBSERVER_IN: UnitObserverIn =
                |namespace| (namespace == Some("request_tests")).then_some(&Linked as &dyn UnitObserver);
        };
        assert!(observer_in(Some("request_tests")).is_some());
        assert!(observer_in(Some("elsewhere")).is_none() && observer_in(None).is_none());
    }
}
