//! Live heap for each series, after one thread has touched all of them once.
//!
//! Label texts exist before anything is counted, as the bytes of a request do; what a library copies of them is its
//! own. Memory that belongs to no series (registries, tables made in advance) is counted too: divided by so many
//! series it hardly shows, unless it is made for each possible one.

use tallymark_benches::{
    harness::{
        allocator::{self, Heap},
        contender::Class,
        report::Measures,
        round::Effort,
        scenario::{Column, Method, Scenario, Subject},
        target::{Against, Target},
    },
    input::pairs,
    peer::{self, Maker, Shape, seen},
};

use crate::ours;

const COLUMNS: &[Column] = &[
    Column::least("bytes", "bytes"),
    Column::least("with malloc's own", "real"),
    Column::least("blocks", "blocks"),
];

const LIMIT: &str = "(label text, once for each value)";

pub fn scenarios() -> [Scenario; 2] {
    let scenario = |id, title, note, subjects, times| Scenario {
        id,
        title,
        note,
        columns: COLUMNS,
        key: 0,
        limit: None,
        method: Method::Apart(subjects),
        processes: 1,
        targets: vec![Target::within(times, Against::Row("measured"))],
        plot: None,
    };
    [
        scenario(
            "memory_counters",
            "Heap for each of 100,000 counters",
            "one family, two labels, touched by one thread. Blocks are those of the global allocator, which tallymark's core asks for none.",
            || subjects(100_000, false),
            1.3,
        ),
        scenario(
            "memory_histograms",
            "Heap for each of 10,000 histograms",
            "one family of eleven buckets, two labels, touched by one thread. Blocks are those of the global allocator.",
            || subjects(10_000, true),
            1.0,
        ),
    ]
}

fn subjects(series: usize, histograms: bool) -> Vec<Subject> {
    let mut makers = ours::makers();
    makers.extend(peer::all());
    makers.retain(|maker| maker.histograms || !histograms);
    let mut all: Vec<_> = makers
        .into_iter()
        .map(|maker| {
            let run = move |effort| library(&maker, series, histograms, effort);
            Subject::new(maker.class, maker.name, run)
        })
        .collect();
    all.push(Subject::new(Class::Limit, LIMIT, move |_| Ok(texts(series, true))));
    all.push(Subject::new(Class::Limit, "(label text, once for each series)", move |_| {
        Ok(texts(series, false))
    }));
    all
}

fn library(maker: &Maker, series: usize, histograms: bool, effort: Effort) -> Result<Measures, String> {
    let series = if effort.smoke { series / 100 } else { series };
    let labels = pairs(series);
    let (population, heap) = allocator::count(|| {
        let shape = Shape { counters: usize::from(!histograms), histograms: usize::from(histograms), series };
        let population = (maker.make)(shape);
        for (number, &labels) in labels.iter().enumerate() {
            if histograms {
                population.observe(number, labels, 0.03);
            } else {
                population.create(number, labels);
            }
        }
        population
    });
    let seen = seen(&*population);
    let found = if histograms { seen.observed } else { seen.counted };
    if found != series as u64 {
        return Err(format!("exposes {found}, expected {series}"));
    }
    Ok(measures(heap, series))
}

fn measures(heap: Heap, series: usize) -> Measures {
    let each = |value: i64| vec![value as f64 / series as f64];
    vec![("bytes", each(heap.bytes)), ("real", each(heap.real)), ("blocks", each(heap.blocks))]
}

fn texts(series: usize, shared: bool) -> Measures {
    let labels = pairs(series);
    let mut all: Vec<&str> = labels.iter().flatten().copied().collect();
    if shared {
        all.sort_unstable();
        all.dedup();
    }
    let bytes: usize = all.iter().map(|text| text.len()).sum();
    let each = vec![bytes as f64 / series as f64];
    vec![("bytes", each.clone()), ("real", each), ("blocks", vec![0.0])]
}
