//! Something measured without and with what is put around it: one operation plain, one observed, one observed, one plain …
//!
//! Batches are too far apart for operations that wait for another thread or process: what the machine does meanwhile
//! differs by more than what is looked for. Two operations that follow one another have the same caches, the same clock
//! and the same neighbours, so each is compared with the one beside it. All of them run on one processor, whoever works
//! on them, for a wait is shorter or longer by microseconds if the other side is awake on another one.

use std::time::Instant;

use super::{
    allocator,
    contender::{Built, Contender, Done, Loop},
    pin,
    report::{BEYOND, Measures},
    round::Effort,
};

/// How long a plain operation took, in nanoseconds.
pub const PLAIN: &str = "plain";
/// How long an observed operation took, in nanoseconds.
pub const OBSERVED: &str = "observed";
/// How many percent an observed operation took longer.
pub const PERCENT: &str = "percent";
/// How many times what is allowed an observed operation took longer.
pub const SHARE: &str = "share";
/// Blocks that an observed operation took from the allocator beyond those of a plain one.
pub const BLOCKS: &str = "blocks";

/// Operations of each kind before anything is measured.
const WARM: u64 = 500;
/// Operations of each kind whose allocations are counted.
const COUNTED: u64 = 100;
/// Pairs last longer than the batches of other scenarios, so a round takes as many of them.
const BATCHES: u32 = 10;

/// An operation, and the same with something around it.
pub struct Pair {
    /// The operation alone.
    pub plain: Contender,
    /// The other one, whose name is the row's.
    pub observed: Contender,
    /// What it may take longer.
    pub allowed: Allowed,
}

/// What may be added to an operation: the larger of the two.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// So many nanoseconds.
    pub nanoseconds: f64,
    /// This part of what the plain operation takes.
    pub part: f64,
}

impl Allowed {
    fn of(self, plain: f64) -> f64 {
        self.nanoseconds.max(self.part * plain)
    }
}

/// One side of a pair.
struct Side {
    built: Built,
    run: Loop,
    done: u64,
}

impl Side {
    fn new(contender: &Contender) -> Self {
        let built = (contender.build)();
        let run = (built.worker)();
        Self { built, run, done: 0 }
    }

    fn run(&mut self, ops: u64) {
        (self.run)(ops);
        self.done += ops;
    }

    /// How long one operation takes.
    fn time(&mut self) -> f64 {
        let begin = Instant::now();
        self.run(1);
        begin.elapsed().as_nanos() as f64
    }

    fn blocks(&mut self) -> f64 {
        let ((), heap) = allocator::count(|| self.run(COUNTED));
        heap.taken as f64 / COUNTED as f64
    }

    fn check(self) -> Result<(), String> {
        drop(self.run);
        (self.built.check)(&Done { workers: vec![self.done] })
    }
}

/// Measures a pair; each round gives the medians of its pairs.
///
/// # Errors
///
/// A sentence, if the process cannot stay on one processor, or a side counted wrong.
pub fn measure(pair: &Pair, effort: Effort) -> Result<Measures, String> {
    pin::ourselves()?;
    let (mut plain, mut observed) = (Side::new(&pair.plain), Side::new(&pair.observed));
    plain.run(WARM);
    observed.run(WARM);
    let blocks = -plain.blocks() + observed.blocks();
    let mut measures: Measures =
        [BEYOND, PERCENT, SHARE, PLAIN, OBSERVED].map(|name| (name, Vec::new())).into();
    for _ in 0..effort.rounds {
        let [beyond, alone, whole] = round(&mut plain, &mut observed, effort);
        let found = [beyond, 100.0 * beyond / alone, beyond / pair.allowed.of(alone), alone, whole];
        for ((_, values), value) in measures.iter_mut().zip(found) {
            values.push(value);
        }
    }
    measures.push((BLOCKS, vec![blocks]));
    let named =
        |side: Result<(), String>, of: &Contender| side.map_err(|wrong| format!("{}: {wrong}", of.name));
    named(plain.check(), &pair.plain)?;
    named(observed.check(), &pair.observed)?;
    Ok(measures)
}

/// The medians of the differences, of the plain operations and of the observed ones.
fn round(plain: &mut Side, observed: &mut Side, effort: Effort) -> [f64; 3] {
    let mut took: [Vec<f64>; 3] = Default::default();
    let begin = Instant::now();
    while begin.elapsed() < effort.batch * BATCHES || !took[0].len().is_multiple_of(2) {
        // Neither is always the one behind the other.
        let (plain, observed) = if took[0].len().is_multiple_of(2) {
            let plain = plain.time();
            (plain, observed.time())
        } else {
            let observed = observed.time();
            (plain.time(), observed)
        };
        for (values, value) in took.iter_mut().zip([observed - plain, plain, observed]) {
            values.push(value);
        }
    }
    took.map(|mut values| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}
