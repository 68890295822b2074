//! The number of entries, asked for at every scrape.

use super::families::ENTRIES_HELP;
use crate::registry::{CollectError, Collector, Families};

pub(super) struct EntriesCollector<F> {
    pub(super) family: String,
    pub(super) cache: String,
    pub(super) backend: String,
    pub(super) entries: F,
}

impl<F: Fn() -> Option<u64> + Send + Sync + 'static> Collector for EntriesCollector<F> {
    fn name(&self) -> &str {
        &self.family
    }

    fn families(&self) -> Vec<String> {
        vec![self.family.clone()]
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        if let Some(entries) = (self.entries)() {
            let labels = [("cache", self.cache.as_str()), ("backend", &self.backend)];
            families.gauge(&self.family, ENTRIES_HELP).number(&labels, entries);
        }
        Ok(())
    }
}
