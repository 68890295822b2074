//! What an increment costs while another thread scrapes without a pause.
//!
//! Each increment is timed alone, with two readings of the processor's counter that are part of what is shown. The
//! distribution matters here, not the least: a library that takes a lock for a new series waits for the scrape that
//! holds it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tallymark_benches::{
    hand::clock::ticks,
    harness::{
        contender::Class,
        report::Measures,
        round::Effort,
        scenario::{Column, Method, Scenario, Subject},
        target::{Against, Target},
    },
    input::{Mixed, pairs},
    peer::{self, Format, Maker, Population, Shape, seen},
};

use crate::ours;

const LIMIT: &str = "two clock readings and an add";

const EXISTING: &[Column] = &[
    Column::median("p50 quiet", "p50 quiet"),
    Column::median("p99.9 quiet", "p99.9 quiet"),
    Column::median("p50", "p50"),
    Column::median("p99", "p99"),
    Column::median("p99.9", "p99.9"),
    Column::median("p99.99", "p99.99"),
    Column::median("p99.9, x quiet", "x quiet"),
    Column::median("scrapes/s", "scrapes"),
];

const NEW: &[Column] = &[
    Column::median("p50 quiet", "p50 quiet"),
    Column::median("p99 quiet", "p99 quiet"),
    Column::median("p50", "p50"),
    Column::median("p99", "p99"),
    Column::median("p99.9", "p99.9"),
    Column::median("scrapes/s", "scrapes"),
];

pub fn scenarios() -> [Scenario; 2] {
    let existing = Scenario {
        id: "scrape_interference",
        title: "An increment while being scraped",
        note: "an increment of one of 10,000 existing series with two labels, in ns; first nobody scrapes, then another thread does \
               so without a pause.",
        columns: EXISTING,
        key: 4,
        limit: Some(LIMIT),
        method: Method::Apart(|| subjects(false)),
        processes: 3,
        targets: vec![Target::at_most(1.1).in_column(6), Target::at_most(40.0).in_column(2)],
        plot: None,
    };
    let new = Scenario {
        id: "scrape_interference_new",
        title: "The first touch of a series while being scraped",
        note: "the first increment of a new series with two labels, in ns; 1,000 exist, some thousands are added.",
        columns: NEW,
        key: 3,
        limit: Some(LIMIT),
        method: Method::Apart(|| subjects(true)),
        processes: 3,
        targets: vec![Target::at_most(10_000.0), Target::times(7.0, Against::BestPeer)],
        plot: None,
    };
    [existing, new]
}

fn subjects(new: bool) -> Vec<Subject> {
    let mut makers = ours::makers();
    makers.extend(peer::all());
    // metriken has no lookup by labels, so its increments are not the same work.
    makers.retain(|maker| maker.histograms);
    makers.push(Maker {
        class: Class::Limit,
        name: LIMIT,
        histograms: true,
        make: |_| Box::new(Nothing::default()),
    });
    makers
        .into_iter()
        .map(|maker| {
            Subject::new(maker.class, maker.name, move |effort| {
                if new { touch(&maker, effort) } else { increment(&maker, effort) }
            })
        })
        .collect()
}

/// The row that counts without labels.
#[derive(Default)]
struct Nothing(AtomicU64);

impl Population for Nothing {
    fn inc(&self, _: usize, _: [&str; 2]) {
        self.0.store(self.0.load(Relaxed) + 1, Relaxed);
    }

    fn observe(&self, _: usize, _: [&str; 2], _: f64) {}

    fn encode(&self, _: Format, take: &mut dyn FnMut(&str)) -> bool {
        take(&format!("bench_c {}", self.0.load(Relaxed)));
        true
    }
}

/// Ticks of one kind of operation, and how long a tick is.
struct Ticks {
    all: Vec<u32>,
    nanos: f64,
}

impl Ticks {
    /// Times each operation until the time or the inputs are used up.
    fn take(limit: Duration, most: usize, pause: Duration, mut op: impl FnMut(usize)) -> Self {
        let mut all = Vec::with_capacity(most);
        let (start, first) = (Instant::now(), ticks());
        for i in 0..most {
            let begin = ticks();
            op(i);
            all.push(u32::try_from(ticks() - begin).unwrap_or(u32::MAX));
            if i % 64 == 0 && start.elapsed() > limit {
                break;
            }
            if !pause.is_zero() {
                let resume = Instant::now() + pause;
                while Instant::now() < resume {
                    std::hint::spin_loop();
                }
            }
        }
        let nanos = start.elapsed().as_nanos() as f64 / (ticks() - first) as f64;
        all.sort_unstable();
        Self { all, nanos }
    }

    fn at(&self, quantile: f64) -> Vec<f64> {
        let index = ((self.all.len() as f64 * quantile) as usize).min(self.all.len().saturating_sub(1));
        self.all.get(index).map(|&ticks| f64::from(ticks) * self.nanos).into_iter().collect()
    }
}

/// Runs `work` while another thread scrapes, and says how often per second that one was done.
fn scraped<T>(population: &Arc<dyn Population>, work: impl FnOnce() -> T) -> (T, f64) {
    let stop = Arc::new(AtomicBool::new(false));
    let scraper = {
        let (population, stop) = (Arc::clone(population), Arc::clone(&stop));
        std::thread::spawn(move || {
            let (mut scrapes, start) = (0u32, Instant::now());
            while !stop.load(Relaxed) {
                if !population.encode(Format::Text, &mut |_| ()) {
                    population.encode(Format::OpenMetrics, &mut |_| ());
                }
                scrapes += 1;
            }
            f64::from(scrapes) / start.elapsed().as_secs_f64()
        })
    };
    let done = work();
    stop.store(true, Relaxed);
    (done, scraper.join().unwrap_or(f64::NAN))
}

fn right(population: &dyn Population, expected: usize) -> Result<(), String> {
    let counted = seen(population).counted;
    if counted == expected as u64 { Ok(()) } else { Err(format!("exposes {counted}, expected {expected}")) }
}

fn increment(maker: &Maker, effort: Effort) -> Result<Measures, String> {
    let series = if effort.smoke { 100 } else { 10_000 };
    let mixed = Mixed::new(series);
    let population: Arc<dyn Population> =
        Arc::from((maker.make)(Shape { counters: 1, histograms: 0, series: 20_000 }));
    for &labels in &mixed.pairs {
        population.create(0, labels);
    }
    let (time, most) =
        if effort.smoke { (Duration::from_millis(5), 10_000) } else { (Duration::from_secs(1), 4_000_000) };
    let run = || Ticks::take(time, most, Duration::ZERO, |i| population.inc(0, mixed.of(i)));
    let quiet = run();
    let (busy, scrapes) = scraped(&population, run);
    right(&*population, series + quiet.all.len() + busy.all.len())?;
    Ok(vec![
        ("p50 quiet", quiet.at(0.5)),
        ("p99.9 quiet", quiet.at(0.999)),
        ("p50", busy.at(0.5)),
        ("p99", busy.at(0.99)),
        ("p99.9", busy.at(0.999)),
        ("p99.99", busy.at(0.9999)),
        (
            "x quiet",
            busy.at(0.999).into_iter().zip(quiet.at(0.999)).map(|(busy, quiet)| busy / quiet).collect(),
        ),
        ("scrapes", vec![scrapes]),
    ])
}

fn touch(maker: &Maker, effort: Effort) -> Result<Measures, String> {
    let (before, quiet, busy) = if effort.smoke { (10, 50, 100) } else { (1_000, 4_000, 8_000) };
    let labels = pairs(before + quiet + busy);
    let population: Arc<dyn Population> =
        Arc::from((maker.make)(Shape { counters: 1, histograms: 0, series: 20_000 }));
    for &labels in &labels[..before] {
        population.create(0, labels);
    }
    // A pause between two, so that they fall into many scrapes.
    let run = |labels: &[[&'static str; 2]]| {
        let pause = Duration::from_micros(50);
        Ticks::take(Duration::from_secs(20), labels.len(), pause, |i| population.create(0, labels[i]))
    };
    let calm = run(&labels[before..before + quiet]);
    let (busy, scrapes) = scraped(&population, || run(&labels[before + quiet..]));
    right(&*population, before + calm.all.len() + busy.all.len())?;
    Ok(vec![
        ("p50 quiet", calm.at(0.5)),
        ("p99 quiet", calm.at(0.99)),
        ("p50", busy.at(0.5)),
        ("p99", busy.at(0.99)),
        ("p99.9", busy.at(0.999)),
        ("scrapes", vec![scrapes]),
    ])
}
