//! A process whose series are removed, counted again, and come and go.

use crate::counting::Job;
use std::{error::Error, io};
use tallymark::{FloatCounter, Histogram, Native, buckets, encode_to_string, metrics, registry::Format};

/// Label sets that come and go, of which one is shown at a time.
pub(crate) const COME_AND_GO: usize = 3000;

#[metrics(namespace = "tests")]
mod removed {
    use super::{FloatCounter, Histogram, Job, Native, buckets};
    use tallymark::Counter;

    /// Fractions.
    pub(super) static FRACTIONS_TOTAL: FloatCounter<Job<'static>> = FloatCounter::new();
    /// Whole numbers.
    pub(super) static WHOLES_TOTAL: Counter<Job<'static>> = Counter::new();
    /// Lengths.
    pub(super) static LENGTHS_BYTES: Histogram<Job<'static>> =
        Histogram::new(buckets![1.0, 2.0, 4.0]).with_native(Native::new());
    /// Label sets that come and go.
    pub(super) static GUESTS_TOTAL: FloatCounter<Job<'static>> = FloatCounter::new().max_series(20);
}
use removed::{FRACTIONS_TOTAL, GUESTS_TOTAL, LENGTHS_BYTES, WHOLES_TOTAL};

fn count(kind: &str, fraction: f64, length: f64) {
    FRACTIONS_TOTAL.with(Job { kind }).inc_by(fraction);
    WHOLES_TOTAL.with(Job { kind }).inc();
    LENGTHS_BYTES.with(Job { kind }).observe(length);
}

/// Removes what was counted. Returns whether everything was there.
fn remove(kind: &str) -> bool {
    [
        FRACTIONS_TOTAL.remove(Job { kind }),
        WHOLES_TOTAL.remove(Job { kind }),
        LENGTHS_BYTES.remove(Job { kind }),
    ] == [true; 3]
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    for round in 0..3 {
        for kind in ["again", "gone"] {
            count(kind, 0.1, f64::from(round));
            count(kind, 1e9, 3.0);
            if !remove(kind) {
                return Err(format!("{kind} was not there").into());
            }
        }
    }
    count("again", 0.25, 1.5);
    count("again", 0.5, 3.0);
    for number in 0..COME_AND_GO {
        let kind = number.to_string();
        GUESTS_TOTAL.with(Job { kind: &kind }).inc_by(0.1);
        GUESTS_TOTAL.remove(Job { kind: &kind });
    }
    // One that was there before.
    GUESTS_TOTAL.with(Job { kind: "7" }).inc_by(0.75);
    // Collectors have threads from here on.
    let _ = encode_to_string(Format::OpenMetrics100);
    // SAFETY: no other thread holds anything that the child asks for: they wait for work.
    match unsafe { libc::fork() } {
        0 => {
            count("again", 0.25, 3.0);
            count("gone", 0.25, 3.0);
            // What the parent had removed is not taken off what the child counts.
            let removed = remove("gone");
            count("gone", 0.125, 1.5);
            let text = encode_to_string(Format::OpenMetrics100);
            let own = format!("process_start_time_seconds{{pid=\"{}\"}}", std::process::id());
            let is_whole = text.contains(&own) && text.ends_with("# EOF\n");
            // SAFETY: it ends here.
            unsafe { libc::_exit(i32::from(!removed) + 2 * i32::from(!is_whole)) };
        }
        child => {
            let mut status = 0;
            // SAFETY: there is room for the status.
            if unsafe { libc::waitpid(child, &raw mut status, 0) } != child || status != 0 {
                return Err(format!("the child ended with {status}").into());
            }
        }
    }
    println!("removed");
    // Until it is killed.
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
