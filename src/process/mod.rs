//! Metrics of the process, on Linux, macOS and Windows.
//!
//! They are part of every exposition and snapshot, and are read from the system at each of these: from `/proc` on Linux, by
//! calls elsewhere. On other systems there are none.
//!
//! | family | type | meaning | |
//! |---|---|---|---|
//! | `process_cpu_seconds_total` | counter | user and system time: on Linux to a clock tick, usually 10 ms; on Windows usually to 1/64 s | |
//! | `process_max_fds` | gauge | the soft limit of open file descriptors | not on Windows |
//! | `process_open_fds` | gauge | open file descriptors; on Windows, handles of any kind | |
//! | `process_resident_memory_bytes` | gauge | resident set size; on Windows, the working set | |
//! | `process_start_time_seconds` | gauge | start of the process, in seconds since 1970 | |
//! | `process_threads` | gauge | threads | not on Windows |
//! | `process_virtual_memory_bytes` | gauge | virtual memory size; on Windows, what is committed and private | |
//! | `process_virtual_memory_max_bytes` | gauge | the soft limit of virtual memory | not on Windows |
//!
//! What is particular to macOS and Windows has been compiled for them (`aarch64-apple-darwin`, `x86_64-pc-windows-gnu`), and has
//! not been run yet: all tests so far ran on Linux. The workflow of the repository has jobs that run them on the others.
//!
//! Names, meanings and help texts are those that all Prometheus clients share: where the metrics of several programs meet,
//! as in a Pushgateway, one that differs is reported as inconsistent. What Windows has instead of
//! descriptors and of virtual memory is what the Go client shows there. They carry no namespace. A limit that is not set
//! is 18446744073709551615 (`RLIM_INFINITY` of Linux), as the system itself and the Go client have it, so that a ratio of use to
//! limit is as good as zero. What cannot be read, such as the files of a process that must not be traced, is not shown
//! at all. If that is so for `/proc/self/stat`, `PROC_PIDTASKALLINFO` (macOS) or `GetProcessTimes` (Windows),
//! `tallymark_collector_errors_total{collector="process"}` counts it.
//!
//! The `prometheus` crate has a collector for some of these families. If a registry that is part of our exposition holds
//! it, its families are left out and these are shown.
//!
//! ```
//! # #[cfg(any(target_os = "linux", target_os = "macos"))]
//! assert!(tallymark::registry::snapshot().value("process_threads", &[]) >= Some(1.0));
//! ```
//!
//! Sources: Prometheus, "Writing client libraries", section "Process metrics"; `proc(5)`, `getauxval(3)`; the help texts of
//! `client_golang`, and of the `prometheus` crate for `process_threads`; `proc_pidinfo` in Apple's `libproc.h`; Microsoft,
//! `GetProcessTimes`, `GetProcessMemoryInfo` and `GetProcessHandleCount`.

#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos", target_os = "windows")),
    allow(dead_code, reason = "nothing is read there")
)]
mod families;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
mod reader;
#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos", target_os = "windows")),
    allow(dead_code, reason = "nothing is read there")
)]
mod reading;
#[cfg(any(test, target_os = "macos", target_os = "windows"))]
#[allow(dead_code, reason = "each system needs some of it")]
mod units;
#[cfg(target_os = "windows")]
mod windows;

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

    use super::{families::Process, reader::Reader};

    static PROCESS: LazyLock<Process<Reader>> = LazyLock::new(|| Process(Reader::new(Path::new("/proc"))));

    tallymark_core::collector!(PROCESS);
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
mod collected {
    use super::families::Process;
    #[cfg(target_os = "macos")]
    use super::macos::System;
    #[cfg(target_os = "windows")]
    use super::windows::System;

    static PROCESS: Process<System> = Process(System);

    tallymark_core::collector!(PROCESS);
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
