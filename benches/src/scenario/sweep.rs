//! How cost, memory and scrapes grow with threads and with series, far beyond the cores of the machine.
//!
//! Cost is in processor time: wall time over all operations, times the cores that can work at once. Each point is
//! measured in a process of its own.

use std::{
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};

use tallymark_benches::{
    harness::{
        allocator,
        contender::Contender,
        plot::{self, Chart},
        report::Report,
        round::{self, Effort},
        scenario::{Column, Method, Scenario, Subject},
    },
    input::{Mixed, pairs},
    peer::{self, Format, Maker, Population, Shape, seen},
};

use super::counter;
use crate::ours;

const THREADS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
const THREADS_AT: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
const SERIES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const SERIES_AT: &[f64] = &[1e3, 1e4, 1e5, 1e6];

const BY_THREADS: &[Column] = &[
    Column::least("1", "1"),
    Column::least("2", "2"),
    Column::least("4", "4"),
    Column::least("8", "8"),
    Column::least("16", "16"),
    Column::least("32", "32"),
    Column::least("64", "64"),
];

const BY_SERIES: &[Column] = &[
    Column::least("1,000", "1000"),
    Column::least("10,000", "10000"),
    Column::least("100,000", "100000"),
    Column::least("1,000,000", "1000000"),
];

/// What a sweep over populations looks at.
#[derive(Clone, Copy)]
enum Look {
    Cost,
    Memory,
    Scrape,
    Extra,
}

pub fn scenarios() -> Vec<Scenario> {
    let sweep = |id, title, note, columns, subjects, plot| Scenario {
        id,
        title,
        note,
        columns,
        key: columns.len() - 1,
        limit: None,
        method: Method::Apart(subjects),
        processes: 1,
        targets: Vec::new(),
        plot: Some(plot),
    };
    vec![
        sweep(
            "sweep_threads_cost",
            "Increment of an unlabelled counter, by threads",
            "ns of processor time for each increment.",
            BY_THREADS,
            threads_cost,
            |report| threads(report, "Increment of an unlabelled counter: ns of processor time"),
        ),
        sweep(
            "sweep_threads_memory",
            "Heap for each of 1,000 series, by threads that touched all of them",
            "bytes for each counter with two labels.",
            BY_THREADS,
            || by_threads(Look::Memory),
            |report| threads(report, "Heap bytes for each of 1,000 series that every thread touched"),
        ),
        sweep(
            "sweep_threads_scrape",
            "Scrape of 10,000 series, by threads that touched all of them",
            "ms for the text of 10,000 counters with two labels, or OpenMetrics where a library has only that.",
            BY_THREADS,
            || by_threads(Look::Scrape),
            |report| threads(report, "Scrape of 10,000 series that every thread touched: ms"),
        ),
        sweep(
            "sweep_series_cost",
            "Increment of a counter with two `&str` labels, by series",
            "ns for each increment of one of so many series in random order, by one thread.",
            BY_SERIES,
            || by_series(Look::Cost),
            |report| series(report, "Increment, looked up by two &str labels: ns"),
        ),
        sweep(
            "sweep_series_memory",
            "Heap for each series, by series",
            "bytes for each counter with two labels, touched by one thread.",
            BY_SERIES,
            || by_series(Look::Memory),
            |report| series(report, "Heap bytes for each series"),
        ),
        sweep(
            "sweep_series_scrape",
            "Scrape, by series",
            "ms for the text of so many counters with two labels, or OpenMetrics where a library has only that.",
            BY_SERIES,
            || by_series(Look::Scrape),
            |report| series(report, "Scrape of all series: ms"),
        ),
        sweep(
            "sweep_series_extra",
            "The most heap the first scrape needs, by series",
            "kB at the peak, written to nowhere piece by piece where a library can do that.",
            BY_SERIES,
            || by_series(Look::Extra),
            |report| series(report, "Heap at the peak of the first scrape: kB"),
        ),
    ]
}

fn threads(report: &Report, title: &str) -> String {
    plot::draw(&Chart { title, across: "threads", at: THREADS_AT }, BY_THREADS, report)
}

fn series(report: &Report, title: &str) -> String {
    plot::draw(&Chart { title, across: "series", at: SERIES_AT }, BY_SERIES, report)
}

/// The contenders whose growth differs in kind.
const COUNTERS: &[&str] = &[
    "tallymark",
    "foundations-metrics ThreadLocalCounter",
    "metriken ShardedCounterGroup",
    "prometheus IntCounter",
    "prometheus Counter (f64)",
    "opentelemetry Counter, no attributes",
    counter::LIMIT,
];

fn threads_cost() -> Vec<Subject> {
    let chosen = || counter::contenders().into_iter().filter(|it| COUNTERS.contains(&it.name));
    let of = |contender: Contender, threads: usize| {
        let Contender { class, name, .. } = contender;
        let run = move |effort: Effort| {
            let effort = Effort { rounds: effort.rounds.min(10), ..effort };
            let report = round::measure(vec![contender], threads, effort)?;
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let ns = report.rows.first().map(|row| row.values("ns").to_vec()).unwrap_or_default();
            let busy = threads.min(cores) as f64;
            Ok(vec![(BY_THREADS[position(threads)].measure, ns.into_iter().map(|ns| ns * busy).collect())])
        };
        Subject::new(class, name, run).part(threads)
    };
    chosen()
        .flat_map(|_| THREADS)
        .zip(0..)
        .map(|(threads, index)| {
            let contender = chosen().nth(index / THREADS.len());
            of(contender.unwrap_or_else(|| unreachable!("one for each")), threads)
        })
        .collect()
}

fn position(threads: usize) -> usize {
    THREADS.iter().position(|&known| known == threads).unwrap_or(0)
}

fn makers() -> Vec<Maker> {
    let mut makers = ours::makers();
    makers.extend(peer::all());
    makers.retain(|maker| maker.histograms);
    makers
}

fn by_threads(look: Look) -> Vec<Subject> {
    THREADS
        .into_iter()
        .flat_map(|threads| makers().into_iter().map(move |maker| (threads, maker)))
        .map(|(threads, maker)| {
            let measure = BY_THREADS[position(threads)].measure;
            let series = if matches!(look, Look::Memory) { 1_000 } else { 10_000 };
            Subject::new(maker.class, maker.name, move |effort| {
                let series = if effort.smoke { series / 100 } else { series };
                Ok(vec![(measure, touched(&maker, series, threads, look, effort)?)])
            })
            .part(threads)
        })
        .collect()
}

/// Touches every series from every thread, and looks while all threads still live.
fn touched(
    maker: &Maker,
    series: usize,
    threads: usize,
    look: Look,
    effort: Effort,
) -> Result<Vec<f64>, String> {
    let labels: Arc<Vec<_>> = Arc::new(pairs(series));
    let (touched, leave) = (Arc::new(Barrier::new(threads + 1)), Arc::new(Barrier::new(threads + 1)));
    let ((population, workers), heap) = allocator::count(|| {
        let shape = Shape { counters: 1, histograms: 0, series };
        let population: Arc<dyn Population> = Arc::from((maker.make)(shape));
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (population, labels) = (Arc::clone(&population), Arc::clone(&labels));
                let (touched, leave) = (Arc::clone(&touched), Arc::clone(&leave));
                std::thread::spawn(move || {
                    for &labels in &*labels {
                        population.inc(0, labels);
                    }
                    touched.wait();
                    leave.wait();
                })
            })
            .collect();
        touched.wait();
        (population, workers)
    });
    let values = match look {
        Look::Memory => vec![heap.bytes as f64 / series as f64],
        _ => scrapes(&*population, effort),
    };
    let counted = seen(&*population).counted;
    leave.wait();
    for worker in workers {
        worker.join().map_err(|_| "a worker failed")?;
    }
    let expected = (series * threads) as u64;
    if counted == expected { Ok(values) } else { Err(format!("exposes {counted}, expected {expected}")) }
}

/// How many ms a scrape takes. The first fills buffers and is not counted.
fn scrapes(population: &dyn Population, effort: Effort) -> Vec<f64> {
    let most = if effort.smoke { 1 } else { effort.rounds.min(5) };
    encode(population);
    let (mut all, begin) = (Vec::new(), Instant::now());
    while all.len() < most as usize && (all.is_empty() || begin.elapsed() < Duration::from_secs(2)) {
        let start = Instant::now();
        encode(population);
        all.push(start.elapsed().as_secs_f64() * 1e3);
    }
    all
}

fn encode(population: &dyn Population) {
    if !population.encode(Format::Text, &mut |_| ()) {
        population.encode(Format::OpenMetrics, &mut |_| ());
    }
}

fn by_series(look: Look) -> Vec<Subject> {
    SERIES
        .into_iter()
        .enumerate()
        .flat_map(|(at, series)| makers().into_iter().map(move |maker| (at, series, maker)))
        .map(|(at, series, maker)| {
            Subject::new(maker.class, maker.name, move |effort| {
                let series = if effort.smoke { series / 1_000 } else { series };
                Ok(vec![(BY_SERIES[at].measure, grown(&maker, series, look, effort)?)])
            })
            .part(series)
        })
        .collect()
}

fn grown(maker: &Maker, series: usize, look: Look, effort: Effort) -> Result<Vec<f64>, String> {
    let mixed = Mixed::new(series);
    let (population, heap) = allocator::count(|| {
        let population = (maker.make)(Shape { counters: 1, histograms: 0, series });
        for &labels in &mixed.pairs {
            population.create(0, labels);
        }
        population
    });
    let mut expected = series;
    let values = match look {
        Look::Memory => vec![heap.bytes as f64 / series as f64],
        Look::Scrape => scrapes(&*population, effort),
        Look::Extra => {
            let ((), heap) = allocator::count(|| population.stream(&mut std::io::sink()));
            vec![heap.peak as f64 / 1e3]
        }
        Look::Cost => {
            let ops = if effort.smoke { 1_000 } else { 1_000_000 };
            let rounds = if effort.smoke { 1 } else { 5 };
            expected += ops * rounds;
            (0..rounds)
                .map(|round| {
                    let start = Instant::now();
                    for i in 0..ops {
                        population.inc(0, mixed.of(round * ops + i));
                    }
                    start.elapsed().as_nanos() as f64 / ops as f64
                })
                .collect()
        }
    };
    let counted = seen(&*population).counted;
    if counted == expected as u64 {
        Ok(values)
    } else {
        Err(format!("exposes {counted}, expected {expected}"))
    }
}
