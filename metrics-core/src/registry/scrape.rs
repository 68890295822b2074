//! The ways to show everything.

use super::{Registry, Request, Selection, escaped, merge, plan, plan::Plan, pool::Limits};
use crate::{
    cell::Scope,
    encode::{CHUNK, Encoder},
    snapshot::{Recorder, Snapshot},
    visit::{HistogramPoint, Labels, Visitor},
};
use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// What is known of earlier scrapes.
#[derive(Debug, Default)]
pub(crate) struct Times {
    /// How long they took. One addition for each scrape, so it is a plain lock around plain numbers.
    took: Mutex<([u64; BOUNDS.len() + 1], f64)>,
    /// How many bytes the last one had, and some more.
    size: AtomicUsize,
}

/// In seconds.
const BOUNDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

impl Times {
    fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    fn set_size(&self, size: usize) {
        self.size.store(size + size / 8 + CHUNK / 2, Ordering::Relaxed);
    }

    fn add(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().filter(|&&bound| bound < seconds).count();
        let mut times = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = times.0.get_mut(bucket) {
            *count += 1;
        }
        times.1 += seconds;
    }

    pub(crate) fn show(&self, visitor: &mut dyn Visitor) {
        let (counts, sum) = *self.took.lock().unwrap_or_else(PoisonError::into_inner);
        visitor.histogram(Labels::NONE, HistogramPoint { bounds: BOUNDS, counts: &counts, sum });
    }
}

impl Registry {
    /// Runs the collectors that are wanted, and plans to show what is selected of that which they hand over and of all
    /// that is declared.
    pub(super) fn plan(
        &'static self,
        scope: Scope,
        selection: &Selection,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Plan {
        let resolved = self.resolved();
        self.start_collectors();
        let declared: Vec<u64> = self.state().called.iter().map(|&(_, slot)| slot).collect();
        let is_declared = |slot| declared.contains(&slot);
        let results = self.pool.collect(Limits::new(resolved.config.deadline), &|slot, job| {
            (is_declared(slot) || wanted(job.name))
                && (job.families.is_empty() || job.families.iter().any(|name| selection.may_want(name)))
        });
        let (called, collected) = plan::split(results, is_declared);
        let mut conflicts = Vec::new();
        let collected = merge::merge(collected, &resolved, &mut conflicts);
        if !conflicts.is_empty() {
            let mut state = self.state();
            for conflict in conflicts {
                state.collected.insert(conflict, ());
            }
        }
        Plan::new(self, resolved, scope, selection.clone(), called, collected)
    }

    /// Plans what a request asks for.
    fn plan_request(&'static self, request: &Request) -> Plan {
        let mut plan = self.plan(Scope::Process, request.selection(), &|_| true);
        plan.escape(request.escaping_scheme());
        plan
    }

    pub(super) fn encode(&'static self, request: &Request, bytes: &mut Vec<u8>) {
        let start = Instant::now();
        let mut plan = self.plan_request(request);
        // What is reserved in vain is never touched, and so costs nothing; growing would copy what is there.
        let before = bytes.len();
        if request.selection().is_all() {
            bytes.reserve(self.scrapes.size().max(plan.size()));
        }
        let mut encoder = Encoder::append(request.format(), request.escaping_scheme(), std::mem::take(bytes));
        encoder.set_plain(!escaped::are_expected());
        while plan.show_next(encoder.visitor()) {}
        *bytes = encoder.finish();
        if request.selection().is_all() {
            self.scrapes.set_size(bytes.len() - before);
        }
        self.scrapes.add(start.elapsed());
    }

    pub(super) fn visit(
        &'static self,
        visitor: &mut dyn Visitor,
        selection: &Selection,
        collectors: &dyn Fn(&str) -> bool,
    ) {
        let mut plan = self.plan(Scope::Process, selection, collectors);
        while plan.show_next(visitor) {}
    }

    pub(crate) fn snapshot(&'static self, scope: Scope) -> Snapshot {
        self.snapshot_of(scope, &Selection::ALL)
    }

    pub(super) fn snapshot_of(&'static self, scope: Scope, selection: &Selection) -> Snapshot {
        let mut plan = self.plan(scope, selection, &|_| true);
        let mut recorder = Recorder::default();
        while plan.show_next(&mut recorder) {}
        Snapshot::new(recorder.into_families()).with_constant(&plan.config().labels)
    }

    /// How long scrapes took.
    pub(crate) fn scrape_times(&self) -> &Times {
        &self.scrapes
    }

    /// Errors by collector.
    pub(crate) fn collector_errors(&self) -> Vec<(std::sync::Arc<str>, u64)> {
        self.pool.errors()
    }
}

/// An exposition that is encoded piece by piece. See [`chunks`](super::chunks).
pub struct Chunks {
    registry: &'static Registry,
    request: Request,
    plan: Option<Plan>,
    encoder: Option<Encoder>,
    begun: bool,
    took: Duration,
}

impl Chunks {
    pub(super) fn new(registry: &'static Registry, request: Request) -> Self {
        let encoder = Encoder::with_escaping(request.format(), request.escaping_scheme());
        Self { registry, request, plan: None, encoder: Some(encoder), begun: false, took: Duration::ZERO }
    }
}

impl Iterator for Chunks {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let start = Instant::now();
        if !self.begun {
            self.begun = true;
            self.plan = Some(self.registry.plan_request(&self.request));
        }
        let (plan, encoder) = (self.plan.as_mut()?, self.encoder.as_mut()?);
        encoder.set_plain(!escaped::are_expected());
        let mut more = true;
        while more && encoder.len() < CHUNK {
            more = plan.show_part(encoder.visitor());
        }
        let chunk =
            if more { encoder.take() } else { self.encoder.take().map(Encoder::finish).unwrap_or_default() };
        self.took += start.elapsed();
        if !more {
            self.plan = None;
            self.registry.scrapes.add(self.took);
        }
        (!chunk.is_empty()).then_some(chunk)
    }

    /// Tells when nothing is left.
    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.begun && self.plan.is_none() { (0, Some(0)) } else { (0, None) }
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").field("request", &self.request).finish_non_exhaustive()
    }
}
