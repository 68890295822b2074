//! What jemalloc says about itself.

use tallymark_core::registry::{self, CollectError, Collector, Families, Registration};
use tikv_jemalloc_ctl::{epoch, stats};

/// Shows the numbers of jemalloc until the registration is dropped.
///
/// They are those of the program if it allocates with `tikv-jemallocator`, and of nothing otherwise.
#[cfg_attr(docsrs, doc(cfg(feature = "jemalloc")))]
pub fn observe_jemalloc() -> Registration {
    registry::register_collector(Jemalloc)
}

type Read = fn() -> tikv_jemalloc_ctl::Result<usize>;

#[derive(Debug)]
struct Jemalloc;

impl Collector for Jemalloc {
    fn name(&self) -> &'static str {
        "jemalloc"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        // Its numbers are those of the last time somebody asked for new ones.
        epoch::advance()?;
        let gauges: [(&str, &str, Read); 6] = [
            ("jemalloc_allocated_bytes", "Memory that the program has allocated.", stats::allocated::read),
            ("jemalloc_active_bytes", "Memory in pages that hold anything allocated.", stats::active::read),
            ("jemalloc_metadata_bytes", "Memory for the allocator's own use.", stats::metadata::read),
            ("jemalloc_resident_bytes", "Memory in pages that are resident.", stats::resident::read),
            ("jemalloc_mapped_bytes", "Memory in extents that are mapped.", stats::mapped::read),
            (
                "jemalloc_retained_bytes",
                "Memory that was not given back to the system.",
                stats::retained::read,
            ),
        ];
        for (name, help, read) in gauges {
            let value = u64::try_from(read()?)?;
            families.gauge(name, help).unit("bytes").number(&[], value);
        }
        Ok(())
    }
}
