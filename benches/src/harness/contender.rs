//! One row of a table that is measured in a loop: how to set it up, what one operation is, what must be counted.

use std::sync::Arc;

use super::barrier::barrier;

/// What a row stands for. Only [`Peer`](Class::Peer) rows can be the "best peer" that ratios are taken against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// tallymark.
    Ours,
    /// Another library, used the way its documentation shows.
    Peer,
    /// Another library used in a way that does less: counts held back, labels that must be `'static`, no sum.
    Variant,
    /// Written by hand for this machine; what is left when everything a library must do is taken away.
    Limit,
}

impl Class {
    /// The word used in tables and between processes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer => "peer",
            Self::Variant => "variant",
            Self::Limit => "limit",
        }
    }

    /// The inverse of [`word`](Class::word).
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ours, Self::Peer, Self::Variant, Self::Limit].into_iter().find(|class| class.word() == word)
    }
}

/// How many operations each worker has done, calibration included.
pub struct Done {
    /// One number for each worker thread.
    pub workers: Vec<u64>,
}

impl Done {
    /// All operations.
    pub fn total(&self) -> u64 {
        self.workers.iter().sum()
    }

    /// Whether a contender counted every operation and no more.
    ///
    /// # Errors
    ///
    /// A sentence, if it did not.
    pub fn count(&self, counted: u64) -> Result<(), String> {
        let expected = self.total();
        if counted == expected { Ok(()) } else { Err(format!("counted {counted}, expected {expected}")) }
    }

    /// Whether the sum of observations is right, where worker after worker observed `values` from the start, over
    /// and over.
    ///
    /// # Errors
    ///
    /// A sentence, if it is not, but for rounding.
    pub fn sum(&self, sum: f64, values: &[f64]) -> Result<(), String> {
        let all: f64 = values.iter().sum();
        let expected: f64 = self
            .workers
            .iter()
            .map(|&ops| {
                let (rounds, rest) = (ops / values.len() as u64, (ops % values.len() as u64) as usize);
                rounds as f64 * all + values[..rest].iter().sum::<f64>()
            })
            .sum();
        // A billion additions in f64 lose less than this, one lost observation in a short run shows.
        if (sum - expected).abs() <= expected.abs() * 1e-7 {
            Ok(())
        } else {
            Err(format!("the sum is {sum}, expected {expected}"))
        }
    }
}

/// The loop of one thread: runs as many operations as it is told.
pub type Loop = Box<dyn FnMut(u64)>;

/// Makes the loop of one worker; called on the worker's thread.
pub type Worker = Arc<dyn Fn() -> Loop + Send + Sync>;

/// Says what is wrong with the counts, if anything.
pub type Check = Box<dyn FnOnce(&Done) -> Result<(), String> + Send>;

/// A contender that has been set up.
pub struct Built {
    /// Makes its loops.
    pub worker: Worker,
    /// Checks the counts after every worker's loop was dropped.
    pub check: Check,
    /// What else is known of it, by the names of measures.
    pub facts: Vec<(&'static str, f64)>,
}

/// Checks nothing: for rows that count nothing.
pub fn unchecked(_: &Done) -> Result<(), String> {
    Ok(())
}

impl Built {
    /// An operation on a handle that the caller holds.
    ///
    /// Each batch works on a clone in a local variable, as code does that was handed one: a handle that is one
    /// pointer then lives in a register.
    pub fn handle<H: Clone + Send + Sync + 'static>(
        handle: H,
        op: impl Fn(&H, usize) + Copy + Send + Sync + 'static,
        check: impl FnOnce(&H, &Done) -> Result<(), String> + Send + 'static,
    ) -> Self {
        let mine = handle.clone();
        Self {
            worker: Arc::new(move || {
                let handle = handle.clone();
                let mut at = 0;
                Box::new(move |ops| {
                    let handle = handle.clone();
                    let from = at;
                    at += ops as usize;
                    for i in from..at {
                        op(&handle, i);
                        barrier();
                    }
                })
            }),
            check: Box::new(move |done| check(&mine, done)),
            facts: Vec::new(),
        }
    }

    /// An operation on something static.
    pub fn free(
        op: impl Fn(usize) + Copy + Send + Sync + 'static,
        check: impl FnOnce(&Done) -> Result<(), String> + Send + 'static,
    ) -> Self {
        Self::handle((), move |(), i| op(i), move |(), done| check(done))
    }

    /// Adds a fact.
    pub fn fact(mut self, measure: &'static str, value: f64) -> Self {
        self.facts.push((measure, value));
        self
    }

    /// An operation on something that each thread has for itself.
    pub fn local<L: 'static>(
        make: impl Fn() -> L + Send + Sync + 'static,
        op: impl Fn(&mut L, usize) + Copy + Send + Sync + 'static,
        check: impl FnOnce(&Done) -> Result<(), String> + Send + 'static,
    ) -> Self {
        Self {
            worker: Arc::new(move || {
                let mut local = make();
                let mut at = 0;
                Box::new(move |ops| {
                    let from = at;
                    at += ops as usize;
                    for i in from..at {
                        op(&mut local, i);
                        barrier();
                    }
                })
            }),
            check: Box::new(check),
            facts: Vec::new(),
        }
    }
}

/// A row that is not set up yet. Only what is measured is built, so that a contender can be looked at alone.
pub struct Contender {
    /// What the row stands for.
    pub class: Class,
    /// The row's name, unique in its scenario.
    pub name: &'static str,
    /// Sets it up.
    pub build: fn() -> Built,
}

impl Contender {
    /// tallymark.
    pub const fn ours(name: &'static str, build: fn() -> Built) -> Self {
        Self { class: Class::Ours, name, build }
    }

    /// Another library.
    pub const fn peer(name: &'static str, build: fn() -> Built) -> Self {
        Self { class: Class::Peer, name, build }
    }

    /// Another library, doing less.
    pub const fn variant(name: &'static str, build: fn() -> Built) -> Self {
        Self { class: Class::Variant, name, build }
    }

    /// Written by hand.
    pub const fn limit(name: &'static str, build: fn() -> Built) -> Self {
        Self { class: Class::Limit, name, build }
    }
}
