//! What is known only when it is asked for: pools, processes, other registries.

mod families;

pub use families::{Families, FamilyBuilder, FamilyError};

use crate::visit::Head;
use std::{
    error::Error,
    sync::{Arc, LazyLock},
};

/// What a collector may fail with. It is counted, and what was handed over before it is shown.
pub type CollectError = Box<dyn Error + Send + Sync>;

/// Something that knows metrics only when it is asked for them.
///
/// Every scrape asks all collectors, one after the other, on a thread of the registry's own and with no lock held. One
/// that fails, panics or takes longer than [`Config::collector_deadline`](crate::registry::Config::collector_deadline)
/// costs its own families in that scrape and nothing else; `tallymark_collector_errors_total{collector}` counts it. One
/// that is still running then is not asked again.
///
/// A scrape that comes while the collector is being asked waits until it has returned, and has it asked once more, all
/// within the deadline. So what a scrape shows contains whatever was counted before it came. Scrapes that come before
/// the collector is asked share what it hands over.
///
/// ```
/// use tallymark_core::registry::{self, CollectError, Collector, Families};
///
/// struct Pool;
///
/// impl Collector for Pool {
///     fn name(&self) -> &str {
///         "pool"
///     }
///
///     fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
///         families
///             .gauge("pool_connections", "Connections, by state.")
///             .number(&[("state", "idle")], 3_u64)
///             .number(&[("state", "used")], 5_u64);
///         Ok(())
///     }
/// }
///
/// let registration = registry::register_collector(Pool);
/// assert_eq!(registry::snapshot().value("pool_connections", &[("state", "idle")]), Some(3.0));
/// drop(registration);
/// assert_eq!(registry::snapshot().family("pool_connections"), None);
/// ```
pub trait Collector: Send + Sync + 'static {
    /// What it is called where its errors are counted. The same each time it is asked.
    fn name(&self) -> &str;

    /// The names of all families that it may ever hand over, if they are known: a scrape that asks for other names does
    /// not ask this collector. Unless this is overridden, they are those that [`describe`](Self::describe) names; if it
    /// names none, the collector is always asked. Read when it is registered.
    fn families(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.describe(&mut |head| names.push(head.name.to_owned()));
        names
    }

    /// Calls `each` with the head of every family that it may ever hand over, if it knows them before it is asked.
    /// Unless this is overridden it describes none.
    ///
    /// Systems that list families before they ask for values, such as a registry of the `prometheus` crate, learn of
    /// them from here; see [`describe_collectors`](crate::registry::describe_collectors).
    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        let _ = each;
    }

    /// Returns whether the names of its families begin with a namespace already, so that
    /// [that of all metrics](crate::registry::Config::namespace) is not put before them. Unless this is overridden they do not.
    /// Read when it is registered.
    fn namespaced(&self) -> bool {
        false
    }

    /// Hands over families.
    ///
    /// # Errors
    ///
    /// Whatever kept it from handing over all of them.
    fn collect(&self, families: &mut Families) -> Result<(), CollectError>;
}

macro_rules! pointers {
    ($($pointer:ty, [$($bounds:tt)*];)*) => {$(
        impl<C: Collector $($bounds)*> Collector for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }

            fn families(&self) -> Vec<String> {
                (**self).families()
            }

            fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
                (**self).describe(each);
            }

            fn namespaced(&self) -> bool {
                (**self).namespaced()
            }

            fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
                (**self).collect(families)
            }
        }
    )*};
}

pointers! {
    Arc<C>, [+ ?Sized];
    Box<C>, [+ ?Sized];
    &'static C, [+ ?Sized];
    LazyLock<C>, [];
}

/// Submits a static collector, which takes part in every scrape of the program.
///
/// As with a metric, nothing has to be called: wherever the registry is read, its families are there. A collector that
/// cannot be made at compile time is put into a [`LazyLock`].
///
/// ```
/// use std::sync::LazyLock;
/// use tallymark_core::{collector, registry::{self, CollectError, Collector, Families}};
///
/// struct Disk {
///     root: String,
/// }
///
/// impl Collector for Disk {
///     fn name(&self) -> &str {
///         "disk"
///     }
///
///     fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
///         families.gauge("disk_mounts", "Mount points.").number(&[("root", &self.root)], 1_u64);
///         Ok(())
///     }
/// }
///
/// static DISK: LazyLock<Disk> = LazyLock::new(|| Disk { root: "/".to_owned() });
/// collector!(DISK);
///
/// # #[cfg(not(miri))]
/// assert_eq!(registry::snapshot().value("disk_mounts", &[("root", "/")]), Some(1.0));
/// ```
///
/// On targets where the linker finds nothing,
/// [`register_collector(&DISK).forget()`](crate::registry::register_collector) in `main` does it.
#[macro_export]
macro_rules! collector {
    ($collector:expr $(,)?) => {
        const _: () = {
            $crate::__private_v4::submit!($crate::__private_v4::Element::Collector(&$collector));
        };
    };
}
