//! The families of the process, and the collector that hands them over.

use tallymark_core::{
    Kind, Number,
    registry::{CollectError, Collector, Families, living_processes},
    visit::Head,
};

use super::reading::{Read, Reading};

/// What the metrics about collectors call it, and the bridge to the `prometheus` crate looks for.
const COLLECTOR: &str = "process";

/// One family without labels.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    value: fn(&Reading) -> Option<Number>,
}

macro_rules! families {
    ($($name:literal, $help:literal, $value:expr;)*) => {
        [$(Family {
            name: $name,
            help: $help,
                        value: $value,
        }),*]
    };
}

/// Sorted by name.
pub(super) const FAMILIES: [Family; 8] = families![
    "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
        |reading| reading.cpu_seconds.map(Number::F64);
    "process_max_fds", "Maximum number of open file descriptors.",
        |reading| reading.max_fds.map(Number::U64);
    "process_open_fds", "Number of open file descriptors.",
        |reading| reading.open_fds.map(Number::U64);
    "process_resident_memory_bytes", "Resident memory size in bytes.",
        |reading| reading.resident_bytes.map(Number::U64);
    "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
        |reading| reading.start_seconds.map(Number::F64);
    "process_threads", "Number of OS threads in the process.",
        |reading| reading.threads.map(Number::U64);
    "process_virtual_memory_bytes", "Virtual memory size in bytes.",
        |reading| reading.virtual_bytes.map(Number::U64);
    "process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.",
        |reading| reading.max_virtual_bytes.map(Number::U64);
];

fn kind(name: &str) -> Kind {
    if name.ends_with("_total") { Kind::Counter } else { Kind::Gauge }
}

/// Reads the process that it is part of.
pub(super) struct Process<R>(pub(super) R);

impl<R: Read> Collector for Process<R> {
    fn name(&self) -> &str {
        COLLECTOR
    }

    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        for Family { name, help, .. } in FAMILIES.iter().filter(|family| !R::ABSENT.contains(&family.name)) {
            each(&Head { name, help, kind: kind(name), unit: None, constant: &[] });
        }
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let living = living_processes();
        if !living.is_empty() {
            // The processes of a group, each by itself. What is not in this namespace of processes is not shown.
            let readings: Vec<(String, Reading)> =
                living.into_iter().map(|(label, pid)| (label, self.0.read_other(pid))).collect();
            for family in &FAMILIES {
                let mut builder = families.family(family.name, family.help, kind(family.name));
                for (label, reading) in &readings {
                    if let Some(value) = (family.value)(reading) {
                        builder.number(&[("pid", label)], value);
                    }
                }
            }
            return Ok(());
        }
        let (reading, stat) = self.0.read();
        for family in &FAMILIES {
            if let Some(value) = (family.value)(&reading) {
                families.family(family.name, family.help, kind(family.name)).number(&[], value);
            }
        }
        Ok(stat?)
    }
}
