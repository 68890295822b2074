//! The processes of `prometheus_client`, Prometheus' client for Python, that have a directory of their own.
//!
//! Their files are read as its `MultiProcessCollector` reads them, of every version since 0.10.

mod database;
mod key;
mod merge;

use crate::file::{self, Unusable};
use merge::{Families, Source};
use std::{collections::BTreeMap, fs, path::Path};
use tallymark_core::snapshot;

/// What a directory of Python's holds.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) families: BTreeMap<String, snapshot::Family>,
    pub(crate) skipped: BTreeMap<&'static str, u64>,
}

/// Reads all files of a directory.
pub(crate) fn read(directory: &Path) -> Read {
    let mut names: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "db"))
        .collect();
    names.sort_unstable();
    let mut families = Families::default();
    let mut skipped: BTreeMap<&'static str, u64> = BTreeMap::new();
    for name in names {
        let Some(source) = Source::of(&name) else {
            *skipped.entry(Unusable::Foreign.reason()).or_default() += 1;
            continue;
        };
        let read = file::open(&directory.join(&name)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => None,
            _ => Some(Unusable::Io),
        });
        let entries = read.and_then(|file| database::read(&file).map_err(Some));
        match entries {
            Ok(entries) => entries.into_iter().for_each(|entry| families.add(&source, entry)),
            // What a process that ended has deleted since.
            Err(None) => {}
            Err(Some(reason)) => *skipped.entry(reason.reason()).or_default() += 1,
        }
    }
    Read { families: families.finish(), skipped }
}

/// Reads the bytes of a file of `prometheus_client`, for fuzzers. Returns how many families there are.
#[doc(hidden)]
pub fn read_bytes(bytes: &[u8]) -> usize {
    let Ok(entries) = database::parse(bytes) else { return 0 };
    let mut families = Families::default();
    for mode in ["counter_1.db", "histogram_1.db", "summary_1.db", "gauge_all_1.db", "gauge_mostrecent_1.db"]
    {
        if let Some(source) = Source::of(mode) {
            entries.iter().cloned().for_each(|entry| families.add(&source, entry));
        }
    }
    families.finish().len()
}
