//! Counting, with a byte in a pipe before and after each increment.

use std::{
    io::{self, Write},
    thread,
};
use tallymark::{
    Across, FloatCounter, Gauge, Histogram, LabelSet, Native, Summary, UpDownCounter, buckets, metrics,
};

#[derive(LabelSet)]
pub(crate) struct Job<'a> {
    pub(crate) kind: &'a str,
}

#[derive(LabelSet)]
pub(crate) struct Process {
    pub(crate) pid: u64,
}

#[metrics(namespace = "tests")]
pub(crate) mod counted {
    use super::{
        Across, FloatCounter, Gauge, Histogram, Job, Native, Process, Summary, UpDownCounter, buckets,
    };
    use tallymark::Counter;

    /// Things.
    pub(crate) static THINGS_TOTAL: Counter = Counter::new();
    /// Jobs, by kind.
    pub(crate) static JOBS_TOTAL: Counter<Job<'static>> = Counter::new();
    /// Observed sizes.
    pub(crate) static SIZES_BYTES: Histogram =
        Histogram::new(buckets![1.0, 2.0, 4.0]).with_native(Native::new());
    /// Work in fractions.
    pub(crate) static WORK_TOTAL: FloatCounter = FloatCounter::new();
    /// Waits.
    pub(crate) static WAITS_SECONDS: Summary = Summary::new();
    /// In progress.
    pub(crate) static IN_FLIGHT: UpDownCounter = UpDownCounter::new();
    /// The greatest number.
    pub(crate) static GREATEST: Gauge = Gauge::new().across(Across::Max);
    /// A level of each process, of those that are gone as well.
    #[metric(across = all)]
    pub(crate) static LEVEL: Gauge = Gauge::new();
    /// A level with a label of the application's that has the name of the one for processes.
    pub(crate) static OWN_LEVEL: Gauge<Process> = Gauge::new();
    /// What was left open, by processes that are gone as well.
    #[metric(across = sum)]
    pub(crate) static LEFT_OPEN: UpDownCounter = UpDownCounter::new();
    /// What was left open, by each process.
    #[metric(across = all)]
    pub(crate) static OPEN_OF_EACH: UpDownCounter = UpDownCounter::new();
    /// The sum of numbers.
    #[metric(across = sum)]
    pub(crate) static ADDED_UP: Gauge = Gauge::new();
}
use counted::{
    ADDED_UP, GREATEST, IN_FLIGHT, JOBS_TOTAL, LEFT_OPEN, LEVEL, OPEN_OF_EACH, OWN_LEVEL, SIZES_BYTES,
    THINGS_TOTAL, WAITS_SECONDS, WORK_TOTAL,
};

pub(crate) fn count_one() {
    THINGS_TOTAL.inc();
}

/// Sets levels, and waits until its standard input ends.
pub(crate) fn set_levels(level: i32) -> io::Result<()> {
    LEVEL.set(level.into());
    LEFT_OPEN.add(level.into());
    OPEN_OF_EACH.add(level.into());
    OWN_LEVEL.with(Process { pid: 1 }).set(level.into());
    println!("ready");
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// Counts for ever: one thing, one job, one observation, each between two bytes.
fn count(mut pipe: impl Write) -> io::Result<()> {
    IN_FLIGHT.inc();
    for round in 0_u64.. {
        pipe.write_all(b"T")?;
        THINGS_TOTAL.inc();
        pipe.write_all(b"t")?;
        let kind = format!("kind {}", round % 97);
        pipe.write_all(b"J")?;
        JOBS_TOTAL.with(Job { kind: &kind }).inc();
        pipe.write_all(b"j")?;
        pipe.write_all(b"S")?;
        SIZES_BYTES.observe((round % 8) as f64);
        pipe.write_all(b"s")?;
        pipe.write_all(b"W")?;
        WORK_TOTAL.inc_by(0.5);
        WAITS_SECONDS.observe(0.5);
        pipe.write_all(b"w")?;
        GREATEST.set(round as f64);
        ADDED_UP.set(1.0);
    }
    Ok(())
}

pub(crate) fn run(threads: usize) -> io::Result<()> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                // Locked for each byte, and written at once.
                scope.spawn(|| count(Unbuffered))
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| io::Error::other("panicked"))?)
    })
}

/// Standard output without a buffer: what is in it when the process is killed is in the pipe.
struct Unbuffered;

impl Write for Unbuffered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: so many bytes are there.
        let written = unsafe { libc::write(1, bytes.as_ptr().cast(), bytes.len()) };
        usize::try_from(written).map_err(|_| io::Error::last_os_error())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
