//! Many series, and how long it takes to show them: for `benches/processes.py`.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};
use tallymark::{Counter, LabelSet, encode_to_string, metric, registry::Format};

#[derive(LabelSet)]
struct Item<'a> {
    item: &'a str,
}

/// Items, by number.
#[metric(namespace = "tests", max_series = 20_000)]
static ITEMS_TOTAL: Counter<Item<'static>> = Counter::new();

/// Counts in so many series.
pub(crate) fn count(series: usize) {
    for number in 0..series {
        ITEMS_TOTAL.with(Item { item: &number.to_string() }).inc_by(number as u64 + 1);
    }
}

/// Counts in so many series, and waits until its standard input ends.
pub(crate) fn fill(series: usize) -> io::Result<()> {
    count(series);
    println!("ready");
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// The most memory that this process has used, in KiB. What is known to its parent is of both.
fn most_memory() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let most =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB")?.trim().parse().ok());
    most.ok_or_else(|| io::Error::other("not in the status"))
}

/// Writes how long the first scrape took, and the median of the others, in milliseconds; how many bytes there were; and the
/// most memory that was used, in KiB.
pub(crate) fn time(rounds: usize) -> io::Result<()> {
    let scrape = || {
        let start = Instant::now();
        let length = encode_to_string(Format::Text004).len();
        (start.elapsed(), length)
    };
    let (first, _) = scrape();
    let mut others: Vec<(Duration, usize)> = (0..rounds).map(|_| scrape()).collect();
    others.sort();
    let (median, length) = others[others.len() / 2];
    let [first, median] = [first, median].map(|took| took.as_secs_f64() * 1e3);
    println!("{first:.3} {median:.3} {length} {}", most_memory()?);
    Ok(())
}

/// Counts in more series and threads than the file has room for, since it must not grow.
pub(crate) fn overfill() -> io::Result<()> {
    crate::counting::count_one();
    let limit = libc::rlimit { rlim_cur: 200_000, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the limit is there; a file that would be longer is an error then, and not a signal.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit);
    }
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..15_000 {
                    ITEMS_TOTAL.with(Item { item: &number.to_string() }).inc();
                }
            });
        }
    });
    io::stdout().write_all(encode_to_string(Format::Text004).as_bytes())
}
