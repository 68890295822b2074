//! What mimalloc says about itself.

use mimalloc::MiMalloc;
use serde_json::Value;
use tallymark_core::registry::{self, CollectError, Collector, Families, Registration};

/// Shows the numbers of mimalloc until the registration is dropped.
///
/// They are those of the program if it allocates with the crate `mimalloc`, and of nothing otherwise.
#[cfg_attr(docsrs, doc(cfg(feature = "mimalloc")))]
pub fn observe_mimalloc() -> Registration {
    registry::register_collector(Mimalloc)
}

#[derive(Debug)]
struct Mimalloc;

impl Collector for Mimalloc {
    fn name(&self) -> &'static str {
        "mimalloc"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let statistics = MiMalloc::stats_json()?;
        let statistics: Value = serde_json::from_slice(statistics.to_bytes())?;
        let current = |name: &str| number(name, statistics.get(name).and_then(|count| count.get("current")));
        let total = |name: &str| number(name, statistics.get(name));
        families
            .gauge("mimalloc_committed_bytes", "Memory that can be used without asking the system.")
            .unit("bytes")
            .number(&[], current("committed")?);
        families
            .gauge("mimalloc_reserved_bytes", "Addresses that were asked of the system.")
            .unit("bytes")
            .number(&[], current("reserved")?);
        families.gauge("mimalloc_pages", "Pages of blocks of one size.").number(&[], current("pages")?);
        families
            .gauge("mimalloc_abandoned_pages", "Pages of threads that have ended, with blocks still in use.")
            .number(&[], current("pages_abandoned")?);
        families
            .gauge("mimalloc_arenas", "Large areas that pages are taken from.")
            .number(&[], total("arena_count")?);
        families
            .counter("mimalloc_purged_bytes_total", "Memory that was given back to the system.")
            .unit("bytes")
            .number(&[], total("purged")?);
        Ok(())
    }
}

/// A number of the document, which other versions may call by another name.
fn number(name: &str, value: Option<&Value>) -> Result<u64, String> {
    let number =
        value.and_then(Value::as_i64).ok_or_else(|| format!("mimalloc says nothing about `{name}`"))?;
    // Threads count by themselves and are added up later, so what is nothing may be seen as less.
    Ok(u64::try_from(number).unwrap_or_default())
}
