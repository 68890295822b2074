//! Jobs in Rust, called by a Python service under gunicorn. What they count and what `prometheus_client` counts is one
//! exposition.

use pyo3::prelude::*;
use tallymark::{Counter, Histogram, buckets, encode_to_string, metrics, registry::Format};

#[metrics(namespace = "rust")]
mod jobs {
    use super::{Counter, Histogram, buckets};

    /// Jobs that Rust has done.
    pub(super) static JOBS_TOTAL: Counter = Counter::new();
    /// Sizes of their input.
    pub(super) static JOB_SIZE_BYTES: Histogram = Histogram::new(buckets![1.0, 10.0, 100.0, 1000.0]);
}

#[pymodule]
mod rust_jobs {
    use super::{Format, PyResult, encode_to_string, jobs, pyfunction};

    /// Does a job: returns the number of bytes of `text`.
    #[pyfunction]
    fn measure(text: &str) -> usize {
        jobs::JOBS_TOTAL.inc();
        jobs::JOB_SIZE_BYTES.observe(text.len() as f64);
        text.len()
    }

    /// Returns the exposition of all workers, Python's metrics included.
    #[pyfunction]
    fn exposition() -> String {
        encode_to_string(Format::Text004)
    }

    /// Fails if this worker is not one of the group.
    #[pyfunction]
    fn check() -> PyResult<bool> {
        tallymark::processes::status()
            .map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))
    }
}
