//! One `/metrics` for several processes of a service.
//!
//! A scrape of a prefork server, of workers that share a port, or of Rust code inside Python workers reaches only one of the
//! processes, and has to show what all of them have counted. Each process counts in a file of its own, with the same
//! instructions as without this package, and any of them reads the files of all. What a killed process has counted stays
//! counted, exactly.
//!
//! ```toml
//! [dependencies]
//! tallymark = { version = "0.1", features = ["processes"] }
//! ```
//!
//! ```
//! use tallymark::{Counter, encode_to_string, metric, processes::Builder, registry::Format};
//!
//! /// Jobs done.
//! #[metric(namespace = "shop")]
//! pub static JOBS_TOTAL: Counter = Counter::new();
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // Before anything is counted. With `TALLYMARK_PROCESSES_DIR` set, this call is not needed.
//!     let directory = std::env::temp_dir().join(format!("shop-{}", std::process::id()));
//!     Builder::new(&directory).group("shop").start()?;
//!
//!     JOBS_TOTAL.inc();
//!     // The sum over all processes, whichever of them is scraped.
//!     let text = encode_to_string(Format::Text004);
//!     assert!(text.contains("shop_jobs_total 1\n"));
//!     assert!(text.contains("tallymark_processes 1\n"));
//!     std::fs::remove_dir_all(directory)?;
//!     Ok(())
//! }
//! ```
//!
//! # What is shown
//!
//! | kind | value |
//! |---|---|
//! | counters, histograms (classic and native), summaries | the sum over all processes, dead ones included |
//! | [`UpDownCounter`](tallymark_core::UpDownCounter), calls and requests in progress | the sum over living processes |
//! | [`Gauge`](tallymark_core::Gauge) | one series for each living process, with a label `pid`, unless [`Across`] says otherwise: `#[metric(across = max)]` |
//! | `StateSet` | the state that a living process entered last |
//! | `process_*` | one series for each living process, with a label `pid` |
//! | `Info` | the facts of every living process: where they differ, a series for each |
//! | exemplars | the newest of all processes |
//! | `GaugeHistogram`, `#[gauge_fn]`, other collectors | those of the process that is scraped |
//!
//! Names, protobuf, OpenMetrics, creation timestamps and `name[]` work as without. A family that only other processes declare
//! is shown as they declare it. Where two versions of a program declare a family with different labels, both are shown; where
//! they differ in buckets or kind, the one of the younger process is. `tallymark_processes_conflicts{metric}` names such
//! families.
//!
//! The group has metrics of its own:
//!
//! | metric | |
//! |---|---|
//! | `tallymark_processes` | living processes |
//! | `tallymark_processes_skipped_files{reason}` | files that are left out |
//! | `tallymark_processes_failed_growths` | how often a file could not grow, because the disk is full: what is counted beyond it may be missing |
//! | `tallymark_processes_failed_folds` | how often the process that is scraped could not add up the files of dead ones |
//! | `tallymark_processes_conflicts{metric}` | families that processes declare in different ways |
//!
//! # The environment
//!
//! | variable | |
//! |---|---|
//! | `TALLYMARK_PROCESSES_DIR` | the directory, which has to exist. One below `/dev/shm` is in memory |
//! | `TALLYMARK_PROCESSES_GROUP` | the name of the group: files of other groups are left out |
//! | `TALLYMARK_PROCESSES_LABEL` | the value of the label `pid`, instead of the process id |
//! | `TALLYMARK_PROCESSES_PYTHON_DIR`, or else `PROMETHEUS_MULTIPROC_DIR` | the directory of `prometheus_client`, the Python client of Prometheus |
//!
//! If the directory cannot be used, the program counts for itself, and [`status`] returns the reason.
//!
//! # With Python
//!
//! The files of `prometheus_client`, of every version since 0.10, are part of the exposition. They are merged by its own
//! rules: what its `MultiProcessCollector` shows of them is what is shown here. `examples/gunicorn` runs two gunicorn workers
//! with an extension in Rust.
//!
//! # Dead processes
//!
//! A process is alive as long as it holds the lock of its file, which the kernel releases however the process ends. The next
//! process that is scraped adds the numbers of a dead one to the file `accumulator`, once, and deletes the dead one's file. So
//! the directory has as many files as there are living processes, and the time of a scrape depends on their series only.
//! Since the kernel keeps the locks, containers with process namespaces of their own can share a directory. After `fork`, the
//! child counts in a file of its own, from zero and from its first instruction; after `exec`, the program is a new process.
//! [`Builder::read_only`] reads the files from outside of the group.
//!
//! # Costs
//!
//! An increment costs what it costs without this package. A scrape reads the numbers of all living processes, and of their
//! directories what is new. A process that is scraped keeps about 150 bytes for each series of each living process, and what dead
//! processes had is given back: 10,000 series in each of 64 processes take it 90 MiB. One that is never scraped keeps nothing.
//! `benches/PROCESSES.md` has the times.
//!
//! # Limits
//!
//! - 64-bit Linux, and a local file system.
//! - A gauge of another process is shown only if it was set.
//! - What is computed for a scrape, by a `#[gauge_fn]` or a collector, is that of the process that is scraped, since the code of
//!   another process cannot be called. Set a [`Gauge`](tallymark_core::Gauge) to what has to be seen of all.
//! - The values of a [`GaugeHistogram`](tallymark_core::GaugeHistogram) are in no file, so it is that of the process that is scraped, too;
//!   `#[metric(across = …)]` on one is a compile error.
//! - `Info` of a process is shown by others from the first metric on that it counts in.
//! - A gauge that has a label `pid` of its own shows the value that was set last, of all processes that have that label value.
//! - What the registry reports about itself, such as `tallymark_scrape_duration_seconds`, is of the process that is scraped.
//! - A thread counts in 8 million cells at most. What is beyond is missing, and `tallymark_processes_failed_growths` counts it.
//! - A child of a process with several threads counts, makes series and removes them whatever these threads were doing. Its own
//!   scrape may wait for one that was being made when it was forked off: scrape before the first fork, or after the last.
//! - Rows of models are shared under their standard names.
//! - Series that are removed or expire keep their place in the file. Each process has room for 64 times as many label sets of a
//!   family as can be shown at once (`max_series`); further ones count in the overflow series, and
//!   `tallymark_dropped_series_total` counts them. Where a float series is removed and comes back, amounts below 10⁻¹⁶ of what
//!   it held before are lost.
//! - `max_series` holds for each process. The group shows the label sets of all of them, and those that dead processes have counted
//!   in do not expire.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod accumulator;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod bytes;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod counts;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod directory;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod faults;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod file;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod group;
#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod interleaved;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod merged;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod outcome;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod plain;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod python;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod reading;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod record;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod shape;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod source;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod texts;

mod builder;

pub use builder::{Builder, StartError, status};
pub use tallymark_core::Across;

/// Entry points for fuzzers, without any promise of stability.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[doc(hidden)]
pub mod __fuzz {
    pub use crate::{python::read_bytes as python, source::read_bytes as cells};
}
