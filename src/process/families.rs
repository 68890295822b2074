//! The families, and the collector that hands them over.

#[cfg(target_os = "linux")]
use std::path::Path;

#[cfg(target_os = "linux")]
use tallymark_core::{
    Kind, Number,
    registry::{CollectError, Collector, Families},
};

#[cfg(target_os = "linux")]
use super::reader::{Reader, Reading};

pub(super) const COLLECTOR: &str = "process";

/// One family without labels.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    #[cfg(target_os = "linux")]
    value: fn(&Reading) -> Option<Number>,
}

macro_rules! families {
    ($($name:literal, $help:literal, $value:expr;)*) => {
        [$(Family {
            name: $name,
            help: $help,
            #[cfg(target_os = "linux")]
            value: $value,
        }),*]
    };
}

/// Sorted by name.
pub(super) const FAMILIES: [Family; 8] = families![
    "process_cpu_seconds_total", "User and system CPU time that the process has used.",
        |reading| reading.cpu_seconds.map(Number::F64);
    "process_max_fds", "File descriptors that the process may have open.",
        |reading| reading.max_fds.map(Number::U64);
    "process_open_fds", "File descriptors that the process has open.",
        |reading| reading.open_fds.map(Number::U64);
    "process_resident_memory_bytes", "Memory of the process that is resident.",
        |reading| reading.resident_bytes.map(Number::U64);
    "process_start_time_seconds", "When the process started, in seconds since 1970.",
        |reading| reading.start_seconds.map(Number::F64);
    "process_threads", "Threads of the process.",
        |reading| reading.threads.map(Number::U64);
    "process_virtual_memory_bytes", "Virtual memory of the process.",
        |reading| reading.virtual_bytes.map(Number::U64);
    "process_virtual_memory_max_bytes", "Virtual memory that the process may have.",
        |reading| reading.max_virtual_bytes.map(Number::U64);
];

/// Reads the process that it is part of.
#[cfg(target_os = "linux")]
pub(super) struct Process(Reader);

#[cfg(target_os = "linux")]
impl Process {
    /// `root` is where the `proc` file system is mounted.
    pub(super) fn new(root: &Path) -> Self {
        Self(Reader::new(root))
    }
}

#[cfg(target_os = "linux")]
impl Collector for Process {
    fn name(&self) -> &str {
        COLLECTOR
    }

    fn families(&self) -> Vec<String> {
        FAMILIES.iter().map(|family| family.name.to_owned()).collect()
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let (reading, stat) = self.0.read();
        for family in &FAMILIES {
            if let Some(value) = (family.value)(&reading) {
                let is_counter = family.name.ends_with("_total");
                let kind = if is_counter { Kind::Counter } else { Kind::Gauge };
                families.family(family.name, family.help, kind).number(&[], value);
            }
        }
        Ok(stat?)
    }
}
