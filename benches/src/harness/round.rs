//! Contenders measured in turn: A B C, B C A, C A B …
//!
//! A slow second of the machine then hits all rows alike, and none is always measured behind the same other one.

use std::time::Duration;

use super::{
    contender::{Built, Contender, Done},
    crew::Crew,
    report::{Measure, Report, Row},
};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Child processes for each scenario.
    pub processes: u32,
    /// Batches of each contender in a process.
    pub rounds: u32,
    /// How long a batch takes.
    pub batch: Duration,
    /// Whether everything is made as small as can be.
    pub smoke: bool,
}

struct Entry {
    contender: Contender,
    built: Built,
    batch: u64,
    done: u64,
    samples: Vec<f64>,
}

/// Measures all contenders with `workers` threads, in nanoseconds of wall time over all operations of all threads.
///
/// # Errors
///
/// A sentence, if a contender counted wrong.
pub fn measure(contenders: Vec<Contender>, workers: usize, effort: Effort) -> Result<Report, String> {
    let mut crew = Crew::new(workers);
    let mut entries: Vec<Entry> = contenders
        .into_iter()
        .map(|contender| {
            let built = (contender.build)();
            Entry { contender, built, batch: 0, done: 0, samples: Vec::new() }
        })
        .collect();
    for (index, entry) in entries.iter_mut().enumerate() {
        calibrate(&mut crew, index, entry, effort.batch);
    }
    for round in 0..effort.rounds as usize {
        for step in 0..entries.len() {
            let index = (round + step) % entries.len();
            let entry = &mut entries[index];
            let wall = crew.run(index, &entry.built.worker, entry.batch).wall;
            entry.done += entry.batch;
            entry.samples.push(wall.as_nanos() as f64 / (entry.batch * workers as u64) as f64);
        }
    }
    finish(&mut crew, entries)
}

/// Runs one contender alone for a given number of operations, for tools that count instructions.
///
/// # Errors
///
/// A sentence, if it counted wrong.
pub fn alone(contender: Contender, ops: u64) -> Result<Report, String> {
    let mut crew = Crew::new(1);
    let built = (contender.build)();
    crew.run(0, &built.worker, ops);
    finish(&mut crew, vec![Entry { contender, built, batch: ops, done: ops, samples: Vec::new() }])
}

/// Finds how many operations fill a batch.
fn calibrate(crew: &mut Crew, index: usize, entry: &mut Entry, batch: Duration) {
    let mut ops = 16;
    loop {
        let quickest = crew.run(index, &entry.built.worker, ops).quickest;
        entry.done += ops;
        if quickest >= batch / 8 || ops >= 1 << 30 {
            let scale = batch.as_secs_f64() / quickest.as_secs_f64().max(1e-9);
            entry.batch = ((ops as f64 * scale) as u64).max(1);
            return;
        }
        ops *= 4;
    }
}

fn finish(crew: &mut Crew, entries: Vec<Entry>) -> Result<Report, String> {
    let mut report = Report::default();
    let mut wrong = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        crew.drop_loops(index);
        let done = Done { workers: vec![entry.done; crew.workers()] };
        if let Err(reason) = (entry.built.check)(&done) {
            wrong.push(format!("{}: {reason}", entry.contender.name));
        }
        let facts = entry.built.facts.iter().map(|&(name, value)| (name, vec![value]));
        let measures = std::iter::once(("ns", entry.samples)).chain(facts);
        report.rows.push(Row {
            class: entry.contender.class,
            name: entry.contender.name.to_owned(),
            measures: measures.map(|(name, values)| Measure { name: name.to_owned(), values }).collect(),
        });
    }
    if wrong.is_empty() { Ok(report) } else { Err(wrong.join("; ")) }
}
