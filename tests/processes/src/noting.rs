//! Exemplars and facts, as standard input asks for them.

use crate::counting::Job;
use std::{
    error::Error,
    io::{self, BufRead, Write},
};
use tallymark::{Histogram, Info, LabelSet, buckets, metrics};

#[derive(LabelSet)]
struct Release<'a> {
    release: &'a str,
}

#[metrics(namespace = "tests")]
mod noted {
    use super::{Histogram, Info, Job, Release, buckets};
    use tallymark::Counter;

    /// Traced lengths.
    pub(super) static TRACED_BYTES: Histogram<Job<'static>> = Histogram::new(buckets![1.0, 2.0]).exemplars();
    /// Traced calls.
    pub(super) static CALLS_TOTAL: Counter = Counter::new().exemplars();
    /// What is the same in all processes.
    pub(super) static PROGRAM_INFO: Info = Info::new(&[("name", "tests"), ("language", "Rust")]);
    /// What each process finds out.
    pub(super) static RELEASE_INFO: Info<Release<'static>> = Info::unset();
}
use noted::{CALLS_TOTAL, RELEASE_INFO, TRACED_BYTES};

/// Sets facts, before or after there is a file.
pub(crate) fn release(release: &str) {
    RELEASE_INFO.set(Release { release });
}

/// Observes, and names what.
pub(crate) fn observe(value: f64, trace: &str) {
    TRACED_BYTES.with(Job { kind: "traced" }).observe_with_exemplar(value, &[("trace_id", trace)]);
}

/// Does what each line of standard input says, and says so.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    crate::counting::count_one();
    let mut lines = io::stdin().lock().lines();
    loop {
        println!("done");
        io::stdout().flush()?;
        let Some(line) = lines.next() else { return Ok(()) };
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["observe", value, trace] => observe(value.parse()?, trace),
            ["remove"] => {
                TRACED_BYTES.remove(Job { kind: "traced" });
            }
            ["count", trace] => CALLS_TOTAL.inc_with_exemplar(1, &[("trace_id", trace)]),
            ["facts", text] => release(text),
            other => return Err(format!("unknown: {other:?}").into()),
        }
    }
}
