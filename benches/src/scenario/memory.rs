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

pub fn scenarios() -> [Scenario; 3] {
    let scenario = |id, title, note, subjects, target| Scenario {
        id,
        title,
        note,
        columns: COLUMNS,
        key: 0,
        limit: None,
        method: Method::Apart(subjects),
        processes: 1,
        targets: vec![target],
        plot: None,
    };
    [
        scenario(
            "memory_counters",
            "Heap for each of 100,000 counters",
            "one family, two labels, touched by one thread. Blocks are those of the global allocator, which tallymark's core asks for none.",
            || subjects(100_000, Shape { counters: 1, histograms: 0, series: 100_000 }),
            Target::within(1.3, Against::Row("measured")),
        ),
        scenario(
            "memory_histograms",
            "Heap for each of 10,000 histograms",
            "one family of eleven buckets, two labels, touched by one thread. Blocks are those of the global allocator.",
            || subjects(10_000, Shape { counters: 0, histograms: 1, series: 10_000 }),
            Target::within(1.0, Against::Row("measured")),
        ),
        scenario(
            "memory_families",
            "Heap for each of 3,000 families of one counter",
            "two labels, touched by one thread. What a family takes to be declared, and to be found by name, is part of it.",
            || subjects(3_000, Shape { counters: 3_000, histograms: 0, series: 1 }),
            Target::within(1.3, Against::BestPeer),
        ),
    ]
}

fn subjects(series: usize, shape: Shape) -> Vec<Subject> {
    let mut makers = ours::makers();
    makers.extend(peer::all());
    makers.retain(|maker| maker.histograms || shape.histograms == 0);
    let mut all: Vec<_> = makers
        .into_iter()
        .map(|maker| {
            let run = move |effort| library(&maker, series, shape, effort);
            Subject::new(maker.class, maker.name, run)
        })
        .collect();
    all.push(Subject::new(Class::Limit, LIMIT, move |_| Ok(texts(series, true))));
    all.push(Subject::new(Class::Limit, "(label text, once for each series)", move |_| {
        Ok(texts(series, false))
    }));
    all
}

fn library(maker: &Maker, series: usize, shape: Shape, effort: Effort) -> Result<Measures, String> {
    let less = |number: usize| if effort.smoke { number.div_ceil(100) } else { number };
    let series = less(series);
    let shape = Shape {
        counters: less(shape.counters),
        histograms: less(shape.histograms),
        series: less(shape.series),
    };
    let labels = pairs(series);
    let (population, heap) = allocator::count(|| {
        let population = (maker.make)(shape);
        for (number, &labels) in labels.iter().enumerate() {
            if shape.histograms > 0 {
                population.observe(number, labels, 0.03);
            } else {
                population.create(number, labels);
            }
        }
        population
    });
    let seen = seen(&*population);
    let found = if shape.histograms > 0 { seen.observed } else { seen.counted };
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
