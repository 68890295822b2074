//! Metrics of the process, on Linux.
//!
//! They are part of every exposition and snapshot, and are read from `/proc` at each of these. On other systems there are
//! none.
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
//! Names, meanings and help texts are those that all Prometheus clients share: where the metrics of several programs meet,
//! as in a Pushgateway, one that differs is reported as inconsistent. They carry no namespace. A limit that is not set
//! is 18446744073709551615 (`RLIM_INFINITY`), as the system itself and the Go client have it, so that a ratio of use to
//! limit is as good as zero. What cannot be read, such as the files of a process that must not be traced, is not shown
//! at all; if that is so for `/proc/self/stat`, `tallymark_collector_errors_total{collector="process"}` counts it.
//!
//! The `prometheus` crate has a collector for some of these families. If a registry that is part of our exposition holds
//! it, its families are left out and these are shown.
//!
//! ```
//! # #[cfg(target_os = "linux")]
//! assert!(tallymark::registry::snapshot().value("process_threads", &[]) >= Some(1.0));
//! ```
//!
//! Sources: Prometheus, "Writing client libraries", section "Process metrics"; `proc(5)`, `getauxval(3)`; the help texts of
//! `client_golang`, and of the `prometheus` crate for `process_threads`.

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

#[cfg(target_os = "linux")]
mod collected {
    use std::{path::Path, sync::LazyLock};

    use super::families::Process;

    static PROCESS: LazyLock<Process> = LazyLock::new(|| Process::new(Path::new("/proc")));

    tallymark_core::collector!(PROCESS);
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
