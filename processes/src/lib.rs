//! How do several processes of a service share one `/metrics`?
//!
//! Prefork servers, workers that share a port, a job beside a server, Rust inside of Python's workers: a scrape reaches one of
//! them, and is to show what all of them have counted. Each counts in a file of its own, with the same instructions as
//! without, and any of them reads the files of all. What a process has counted that was killed stays counted, exactly.
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
//!     // Before anything is counted. Or `TALLYMARK_PROCESSES_DIR` says so, and nothing has to be called.
//!     let directory = std::env::temp_dir().join(format!("shop-{}", std::process::id()));
//!     Builder::new(&directory).group("shop").start()?;
//!
//!     JOBS_TOTAL.inc();
//!     // The sum over all processes, whichever of them is asked.
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
//! | kind | of all processes |
//! |---|---|
//! | counters, histograms (classic and native), summaries | the sum, of processes that are gone as well |
//! | [`UpDownCounter`](tallymark_core::UpDownCounter), calls and requests in progress | the sum over living processes |
//! | [`Gauge`](tallymark_core::Gauge) | each living process with a label `pid`, or what [`Across`] says: `#[metric(across = max)]` |
//! | `StateSet` | the state that a living process has entered last |
//! | `process_*` | each living process with a label `pid` |
//! | `Info`, `#[gauge_fn]`, what other collectors hand over, exemplars | those of the process that is asked |
//!
//! Names, protobuf, OpenMetrics, creation timestamps and `name[]` are as without. A family that only another process declares
//! is shown as that one declares it. Where two versions of a program differ, labels of both are shown; with the same labels, and
//! other buckets or another kind, the younger process's. `tallymark_processes_conflicts{metric}` names such families.
//!
//! `tallymark_processes` is the number of living processes, `tallymark_processes_skipped_files{reason}` of files that are left
//! out, and `tallymark_processes_failed_growths` says that a file could not grow because the disk is full: what is counted
//! beyond it may be missing.
//!
//! # The environment
//!
//! | variable | |
//! |---|---|
//! | `TALLYMARK_PROCESSES_DIR` | the directory; it has to be there. One below `/dev/shm` is in memory |
//! | `TALLYMARK_PROCESSES_GROUP` | the name of the group: files of another one are left out |
//! | `TALLYMARK_PROCESSES_LABEL` | what the label `pid` says in place of the process's id |
//! | `TALLYMARK_PROCESSES_PYTHON_DIR`, or else `PROMETHEUS_MULTIPROC_DIR` | the directory of `prometheus_client`, Prometheus' client for Python |
//!
//! If nothing can be shared there, the program counts for itself; [`status`] says why.
//!
//! # With Python
//!
//! The files of `prometheus_client`, of every version since 0.10, are part of the exposition, by its own rules: what its
//! `MultiProcessCollector` shows of them is what is shown here. `examples/gunicorn` has two workers under gunicorn, with an
//! extension in Rust.
//!
//! # Processes that are gone
//!
//! A process is alive as long as it holds the lock of its file, which the kernel takes away however it ends. Whoever is asked
//! next adds a dead one's numbers to the file `accumulator`, once, and deletes its file: so the directory has as many files as
//! there are living processes, and a scrape takes as long as they have series. Locks are the kernel's, so containers with
//! namespaces of their own share a directory. After `fork` a child counts in a file of its own, from zero, from the first
//! instruction on; after `exec` the program is a new process. [`Builder::read_only`] reads from beside.
//!
//! # Limits
//!
//! - 64-bit Linux, and a local file system.
//! - A gauge is shown as another process has it only if it was set; one that is a function is that of the process which is asked.
//! - What the registry says about itself, such as `tallymark_scrape_duration_seconds`, is of the process that is asked.
//! - A thread counts in 8 million cells at most. What is beyond that is missing, and `tallymark_processes_failed_growths` counts it.
//! - Of a child after `fork` of a process with several threads, only what is safe in a signal handler is safe: a new series may
//!   wait for a lock that a thread held which is not there.
//! - Rows of models are shared under their standard names.
//! - Series that are removed or expire keep their place in the file. Each process has room for 64 times as many label sets of a
//!   family as are shown at once (`max_series`); new ones beyond that count in the overflow series. Of floats that are removed,
//!   what comes after is added to what was there, so that what is smaller than 10⁻¹⁶ of it is lost.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod accumulator;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod bytes;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod directory;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod faults;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod file;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod group;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod merged;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod outcome;
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

mod builder;

pub use builder::{Builder, StartError, status};
pub use tallymark_core::Across;

/// What fuzzers feed. Not covered by any promise of stability.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[doc(hidden)]
pub mod __fuzz {
    pub use crate::{python::read_bytes as python, source::read_bytes as cells};
}
