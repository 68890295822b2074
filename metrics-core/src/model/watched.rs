//! Functions under `#[model_op]` that run, so that whoever else counts rows can tell them. Builds without debug assertions
//! have `unwatched.rs` in place of this.

use super::Operation;
use crate::{
    cell::Scope,
    descriptor::{Kind, Place},
    function::Watch,
    metric::{Declare, Metric},
    model::ModelSite,
    registry,
    sorted::SortedMap,
    visit::{Labels, Number, Visitor},
};
use std::{
    cell::RefCell,
    io::{self, Write},
    sync::{Mutex, PoisonError, atomic::Ordering},
};

/// What a function is expected to write.
struct Running {
    model: &'static str,
    operation: Operation,
    /// Somebody else has counted such rows.
    seen: bool,
}

thread_local! {
    /// The functions that this thread is in the middle of, the innermost last.
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

/// A function under `#[model_op]` while it runs. A future is one only while it is polled, so that other tasks of the thread
/// are not taken for it.
#[derive(Debug)]
pub struct ModelOp {
    site: &'static ModelSite,
    operation: Operation,
    function: &'static str,
    place: Place,
    /// How many functions are around it, while it is among those that run.
    depth: Option<usize>,
    seen: bool,
}

impl ModelOp {
    /// It begins.
    pub fn begin(
        site: &'static ModelSite,
        operation: Operation,
        function: &'static str,
        place: Place,
    ) -> Self {
        let mut op = Self { site, operation, function, place, depth: None, seen: false };
        op.enter();
        op
    }

    /// Its rows are about to be counted.
    pub fn counted(mut self) {
        self.leave();
        if self.seen {
            self.site.twice.fetch_add(1, Ordering::Relaxed);
            self.warn();
        }
    }

    /// Once for each function.
    fn warn(&self) {
        static WARNED: Mutex<Vec<Place>> = Mutex::new(Vec::new());
        let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.contains(&self.place) {
            return;
        }
        warned.push(self.place);
        drop(warned);
        // Nobody may be there to read it.
        let _ = writeln!(
            io::stderr(),
            "tallymark: {}::{} ({}) is under `#[model_op]` and writes through a connection that is observed, which counts \
             its rows of the model {} already: each counts twice; remove the attribute",
            self.place.module,
            self.function,
            self.place,
            self.site.meta().name,
        );
    }
}

impl Watch for ModelOp {
    fn panicked(self) {}

    fn enter(&mut self) {
        if self.depth.is_some() {
            return;
        }
        let running = Running { model: self.site.meta().name, operation: self.operation, seen: self.seen };
        self.depth = RUNNING
            .try_with(|all| {
                let mut all = all.try_borrow_mut().ok()?;
                all.push(running);
                Some(all.len() - 1)
            })
            .ok()
            .flatten();
    }

    fn leave(&mut self) {
        let Some(depth) = self.depth.take() else { return };
        let seen = RUNNING.try_with(|all| {
            let mut all = all.try_borrow_mut().ok()?;
            let seen = all.get(depth)?.seen;
            all.truncate(depth);
            Some(seen)
        });
        self.seen |= seen.ok().flatten().unwrap_or(false);
    }
}

impl Drop for ModelOp {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Tells the functions that run here that rows of a model are counted by somebody who saw them being written.
pub(super) fn seen(model: &str, operation: Operation) {
    let _ = RUNNING.try_with(|all| {
        if let Ok(mut all) = all.try_borrow_mut() {
            for running in all.iter_mut() {
                running.seen |= running.operation == operation && running.model == model;
            }
        }
    });
}

/// How often functions have counted what was counted already, by model.
pub(crate) struct CountedTwice;

impl Declare for CountedTwice {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["model"];
}

impl Metric for CountedTwice {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        let mut found = SortedMap::default();
        for site in registry::models() {
            let twice = site.twice.load(Ordering::Relaxed);
            if twice > 0 {
                *found.or_insert_with(site.meta().name, || 0_u64) += twice;
            }
        }
        for (name, twice) in found {
            visitor.number(Labels::new(Self::LABELS, &[name]), Number::U64(twice));
        }
    }
}
