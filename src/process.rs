//! Metrics of the process, on Linux.
//!
//! With the feature `process`, which is on by default, they are part of every exposition. They come from the
//! [`prometheus`] crate's collector in its default registry, which reads `/proc` at each scrape. On other systems there
//! are none.
//!
//! | family | type | meaning |
//! |---|---|---|
//! | `process_cpu_seconds_total` | counter | user and system time, in whole seconds |
//! | `process_max_fds` | gauge | the soft limit of open file descriptors; 0 if there is none |
//! | `process_open_fds` | gauge | open file descriptors |
//! | `process_resident_memory_bytes` | gauge | resident set size |
//! | `process_start_time_seconds` | gauge | start of the process, in whole seconds since 1970 |
//! | `process_threads` | gauge | threads |
//! | `process_virtual_memory_bytes` | gauge | virtual memory size |
//!
//! The names and meanings are those that all Prometheus clients share. They carry no namespace. Of the shared list, the
//! collector does not have `process_virtual_memory_max_bytes` and `process_network_*`.
//!
//! Source: Prometheus, "Writing client libraries", section "Process metrics".

/// The names of the families, sorted.
pub const NAMES: [&str; 7] = [
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_threads",
    "process_virtual_memory_bytes",
];
