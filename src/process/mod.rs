//! Metrics of the process, on Linux.
//!
//! With the feature `process`, which is on by default, they are part of what the [exporter](crate::exporter) and
//! [`encode_to_string`](crate::encode_to_string) show. (What reads the registry in other ways, such as a snapshot, sees
//! them from the first of these on.) They are read from `/proc` at each scrape. On other systems there are none.
//!
//! | family | type | meaning |
//! |---|---|---|
//! | `process_cpu_seconds_total` | counter | user and system time, to a clock tick (usually 10 ms) |
//! | `process_max_fds` | gauge | the soft limit of open file descriptors |
//! | `process_open_fds` | gauge | open file descriptors |
//! | `process_resident_memory_bytes` | gauge | resident set size |
//! | `process_start_time_seconds` | gauge | start of the process, in seconds since 1970 |
//! | `process_threads` | gauge | threads |
//! | `process_virtual_memory_bytes` | gauge | virtual memory size |
//! | `process_virtual_memory_max_bytes` | gauge | the soft limit of virtual memory |
//!
//! The names and meanings are those that all Prometheus clients share. They carry no namespace. A limit that is not set
//! is 18446744073709551615 (`RLIM_INFINITY`), as the system itself and the Go client have it, so that a ratio of use to
//! limit is as good as zero. What cannot be read, such as the files of a process that must not be traced, is not shown
//! at all; if that is so for `/proc/self/stat`, `tallymark_collector_errors_total{collector="process"}` counts it.
//!
//! The [`prometheus`](crate::prometheus_bridge) crate has a collector for some of these families. If a registry that is
//! part of our exposition holds it, its families are left out and these are shown.
//!
//! ```
//! use tallymark::{encode_to_string, registry::Format};
//!
//! # #[cfg(target_os = "linux")]
//! assert!(encode_to_string(Format::Text004).contains("\nprocess_threads "));
//! ```
//!
//! Sources: Prometheus, "Writing client libraries", section "Process metrics"; `proc(5)`, `getauxval(3)`.

#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "nothing is read there"))]
mod families;
#[cfg(target_os = "linux")]
mod reader;

use families::FAMILIES;

/// The names of the families, sorted.
pub const NAMES: [&str; FAMILIES.len()] = {
    let mut names = [""; FAMILIES.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = FAMILIES[at].name;
        at += 1;
    }
    names
};

/// The name of the collector, which the metrics about collectors show.
#[cfg(feature = "prometheus")]
pub(crate) const COLLECTOR: &str = families::COLLECTOR;

/// Makes the metrics part of our exposition, the first time it is called.
pub(crate) fn expose() {
    #[cfg(target_os = "linux")]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let process = families::Process::new(std::path::Path::new("/proc"));
            tallymark_core::registry::register_collector(process).forget();
        });
    }
}

/// Names with their help, where there are such metrics.
#[cfg(feature = "prometheus")]
pub(crate) fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES.iter().filter(|_| cfg!(target_os = "linux")).map(|family| (family.name, family.help))
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
