//! Writing the exposition of 10,240 and 102,400 samples: three tenths of them counters with two labels, the rest
//! histograms of eleven buckets (fourteen samples each), in two, in twelve and in thousands of families.
//!
//! Each library writes into a buffer that it keeps, where its interface allows that. Nothing is compressed or sent.
//! metriken has no such histograms: its row is counters only.

use std::time::Instant;

use tallymark_benches::{
    hand::lines::Lines,
    harness::{
        contender::Class,
        report::Measures,
        round::Effort,
        scenario::{Column, Method, Scenario, Subject},
        target::{Against, Target},
    },
    input::{VALUES, pairs},
    peer::{self, Format, Maker, Population, Shape},
};

use crate::ours;

const COLUMNS: &[Column] = &[
    Column::least("text ns/sample", "text"),
    Column::median("median", "text"),
    Column::least("OpenMetrics ns/sample", "openmetrics"),
    Column::median("median", "openmetrics"),
    Column::least("samples", "samples"),
    Column::least("bytes/sample", "bytes"),
];

const LIMIT: &str = "prepared lines and integers";

/// Families of counters, and of histograms.
type Families = (usize, usize);

pub fn scenarios() -> [Scenario; 6] {
    let scenario = |id, title, subjects| Scenario {
        id,
        title,
        note: "time per sample line; ratios compare the text format, or OpenMetrics where a library has only that.",
        columns: COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Apart(subjects),
        processes: u32::MAX,
        targets: vec![
            Target::times(3.3, Against::BestPeer),
            Target::times(3.3, Against::BestPeer).in_column(2),
            Target::times(28.0, Against::Row("prometheus")),
        ],
        plot: None,
    };
    [
        scenario("encode_10k", "Exposition of 10,240 samples", || subjects(10_240, (8, 4))),
        scenario("encode_10k_few", "Exposition of 10,240 samples in two families", || {
            subjects(10_240, (1, 1))
        }),
        scenario("encode_10k_wide", "Exposition of 10,240 samples in 3,500 families", || {
            subjects(10_240, (3_000, 500))
        }),
        scenario("encode_100k", "Exposition of 102,400 samples", || subjects(102_400, (8, 4))),
        scenario("encode_100k_few", "Exposition of 102,400 samples in two families", || {
            subjects(102_400, (1, 1))
        }),
        scenario("encode_100k_wide", "Exposition of 102,400 samples in 4,000 families", || {
            subjects(102_400, (3_000, 1_000))
        }),
    ]
}

fn subjects(samples: usize, families: Families) -> Vec<Subject> {
    let mut makers = ours::makers();
    makers.extend(peer::all());
    let mut all: Vec<_> = makers
        .into_iter()
        .map(|maker| {
            Subject::new(maker.class, maker.name, move |effort| library(&maker, samples, families, effort))
        })
        .collect();
    all.push(Subject::new(Class::Limit, LIMIT, move |effort| by_hand(samples, families, effort)));
    all
}

/// Makes and fills a population; the number of increments and observations comes along.
fn populate(maker: &Maker, samples: usize, families: Families) -> (Box<dyn Population>, u64, u64) {
    let (counters, histograms) =
        if maker.histograms { (samples * 3 / 10, samples * 7 / 10 / 14) } else { (samples, 0) };
    // Libraries that must know the number of series reserve it for each family.
    let (counter_families, histogram_families) = families;
    let series = counters.div_ceil(counter_families).max(histograms.div_ceil(histogram_families));
    let population =
        (maker.make)(Shape { counters: counter_families, histograms: histogram_families, series });
    let labels = pairs(counters.max(histograms));
    let (mut counted, mut observed) = (0, 0);
    for (series, &labels) in labels.iter().take(counters).enumerate() {
        population.create(series, labels);
        for _ in 0..series % 7 {
            population.inc(series, labels);
        }
        counted += 1 + series as u64 % 7;
    }
    for (series, &labels) in labels.iter().take(histograms).enumerate() {
        for value in &VALUES[series % 100..series % 100 + 5] {
            population.observe(series, labels, *value);
            observed += 1;
        }
    }
    (population, counted, observed)
}

fn library(maker: &Maker, samples: usize, families: Families, effort: Effort) -> Result<Measures, String> {
    let samples = if effort.smoke { samples / 20 } else { samples };
    let (population, counted, observed) = populate(maker, samples, families);
    let seen = peer::seen(&*population);
    if (seen.counted, seen.observed) != (counted, observed) {
        return Err(format!(
            "exposes {} and {}, expected {counted} and {observed}",
            seen.counted, seen.observed
        ));
    }
    let mut measures: Measures = vec![("samples", vec![seen.samples as f64])];
    for (name, format) in [("text", Format::Text), ("openmetrics", Format::OpenMetrics)] {
        let mut bytes = 0;
        let mut times = Vec::new();
        // The first fills buffers.
        for round in 0..=effort.rounds {
            let start = Instant::now();
            if !population.encode(format, &mut |text| bytes = text.len()) {
                break;
            }
            if round > 0 {
                times.push(start.elapsed().as_nanos() as f64 / seen.samples as f64);
            }
        }
        if !times.is_empty() {
            measures.push((name, times));
            measures.push(("bytes", vec![bytes as f64 / seen.samples as f64]));
        }
    }
    Ok(measures)
}

/// Lines prepared from what `measured` writes, so that they are as long as everybody's.
fn by_hand(samples: usize, families: Families, effort: Effort) -> Result<Measures, String> {
    let samples = if effort.smoke { samples / 20 } else { samples };
    let measured = peer::all().into_iter().find(|maker| maker.name == "measured").ok_or("no such library")?;
    let (population, ..) = populate(&measured, samples, families);
    let mut lines = None;
    population.encode(Format::Text, &mut |text| lines = Some(Lines::of(text)));
    let lines = lines.ok_or("no text")?;
    let samples = peer::seen(&*population).samples as f64;
    let mut out = Vec::new();
    let mut times = Vec::new();
    for round in 0..=effort.rounds {
        out.clear();
        let start = Instant::now();
        lines.encode(&mut out);
        if round > 0 {
            times.push(start.elapsed().as_nanos() as f64 / samples);
        }
    }
    let bytes = out.len() as f64 / samples;
    Ok(vec![("text", times), ("samples", vec![samples]), ("bytes", vec![bytes])])
}
