//! A process that counts, removes and scrapes when it is told to: one that lives for many scrapes.

use crate::counting::Job;
use std::io::{self, BufRead, Write};
use tallymark::{
    FloatCounter, Gauge, GaugeHistogram, Histogram, buckets, encode_to_string, metrics, registry::Format,
};

#[metrics(namespace = "tests")]
mod obeyed {
    use super::{FloatCounter, Gauge, GaugeHistogram, Histogram, Job, buckets};
    use tallymark::Counter;

    /// Things done when told to.
    pub(super) static OBEYED_TOTAL: Counter<Job<'static>> = Counter::new();
    /// Parts of things done when told to.
    pub(super) static OBEYED_PARTS_TOTAL: FloatCounter<Job<'static>> = FloatCounter::new();
    /// Sizes of things done when told to.
    pub(super) static OBEYED_BYTES: Histogram<Job<'static>> = Histogram::new(buckets![1.0, 4.0]);
    /// Things to be done.
    #[metric(across = livesum)]
    pub(super) static OBEYED_LEFT: Gauge<Job<'static>> = Gauge::new();
    /// Sizes of what is there.
    pub(super) static PRESENT_BYTES: GaugeHistogram<Job<'static>> = GaugeHistogram::new(buckets![1.0, 4.0]);
}
use obeyed::{OBEYED_BYTES, OBEYED_LEFT, OBEYED_PARTS_TOTAL, OBEYED_TOTAL, PRESENT_BYTES};

/// Does what each line of its standard input says, and writes a line when it is done. `scrape` writes an exposition in
/// OpenMetrics before that, whose end can be seen.
pub(crate) fn run() -> io::Result<()> {
    let mut output = io::stdout();
    let mut held = Vec::new();
    writeln!(output, "done")?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["scrape"] => output.write_all(encode_to_string(Format::OpenMetrics100).as_bytes())?,
            ["count", kind, number] => {
                let number: u32 = number.parse().map_err(io::Error::other)?;
                OBEYED_TOTAL.with(Job { kind }).inc_by(u64::from(number));
                OBEYED_PARTS_TOTAL.with(Job { kind }).inc_by(f64::from(number) / 4.0);
                OBEYED_BYTES.with(Job { kind }).observe(f64::from(number));
                OBEYED_LEFT.with(Job { kind }).set(f64::from(number));
            }
            ["remove", kind] => {
                OBEYED_TOTAL.remove(Job { kind });
                OBEYED_PARTS_TOTAL.remove(Job { kind });
                OBEYED_BYTES.remove(Job { kind });
                OBEYED_LEFT.remove(Job { kind });
                PRESENT_BYTES.remove(Job { kind });
            }
            ["set", kind, number] => {
                let number = number.parse().map_err(io::Error::other)?;
                PRESENT_BYTES.with(Job { kind }).set_all([number]);
            }
            ["hold", kind, number] => {
                let number = number.parse().map_err(io::Error::other)?;
                held.push(PRESENT_BYTES.with(Job { kind }).enter(number));
            }
            ["release"] => held.clear(),
            _ => return Err(io::Error::other(format!("unknown: {line}"))),
        }
        writeln!(output, "done")?;
    }
    Ok(())
}
