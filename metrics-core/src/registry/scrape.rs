//! The ways to show everything.

use super::{
    Request, Selection, merge,
    plan::{Plan, split},
    pool::Limits,
    state::Registry,
};
use crate::{
    cell::Scope,
    encode::{CHUNK, Encoder},
    snapshot::{Recorder, Snapshot},
    utf8,
    visit::Visitor,
};
use std::{
    collections::HashSet,
    fmt,
    time::{Duration, Instant},
};

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
        let declared: HashSet<u64> = self.state().called.values().copied().collect();
        let is_declared = |id| declared.contains(&id);
        let config = &resolved.config;
        let may_show = |name: &String| {
            let renamed = config.rename(name, false);
            let is_selected = |name: &str| selection.may_want(name);
            is_selected(name) || renamed.is_some_and(|renamed| is_selected(&renamed))
        };
        let results = self.pool.collect(Limits::new(config.deadline()), &|id, job| {
            config.is_enabled()
                && (is_declared(id) || wanted(job.name))
                && (job.families.is_empty() || job.families.iter().any(may_show))
        });
        let (called, mut collected) = split(results, is_declared);
        for collected in &mut collected {
            collected.apply(config);
        }
        let mut conflicts = Vec::new();
        let collected = merge::merge(&collected, &resolved, &mut conflicts);
        if !conflicts.is_empty() {
            let mut state = self.state();
            for conflict in conflicts {
                state.note_collected(conflict);
            }
        }
        let group = resolved.group.filter(|_| scope == Scope::Process && resolved.config.is_enabled());
        let mut reading =
            group.and_then(|group| group.read(&|name, namespaced| resolved.config.rename(name, namespaced)));
        let collected = match &mut reading {
            Some(reading) => {
                let mut others = reading.others(&|name| resolved.find(name).is_some(), collected);
                // What other programs declare is not known to clash with what is declared here.
                others.retain(|family| {
                    !resolved.clashes(&family.name, family.kind) && resolved.config.shows(&[&family.name])
                });
                others
            }
            None => collected,
        };
        Plan::new(self, resolved, scope, selection.clone(), called, collected, reading)
    }

    /// Plans what a request asks for.
    fn plan_request(&'static self, request: &Request) -> Plan {
        let mut plan = self.plan(Scope::Process, request.selection(), &|_| true);
        let conflicts = plan.escape(request.escaping_scheme());
        self.note_escaped(conflicts);
        plan
    }

    pub(super) fn encode(&'static self, request: &Request, bytes: &mut Vec<u8>) {
        let start = Instant::now();
        let mut plan = self.plan_request(request);
        // What is reserved in vain is never touched, and so costs nothing; growing would copy what is there.
        let before = bytes.len();
        let size = if request.selection().is_all() { self.times.size().max(plan.size()) } else { 0 };
        let (format, escaping) = (request.format(), request.escaping_scheme());
        let mut encoder = if bytes.capacity() == 0 {
            Encoder::with_room(format, escaping, size)
        } else {
            bytes.reserve(size);
            Encoder::append(format, escaping, std::mem::take(bytes))
        };
        encoder.set_plain(!utf8::are_expected());
        while plan.show_next(encoder.visitor()) {}
        *bytes = encoder.finish();
        if request.selection().is_all() {
            self.times.set_size(bytes.len() - before);
        }
        self.times.add(start.elapsed());
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
        encoder.set_plain(!utf8::are_expected());
        let mut more = true;
        while more && encoder.len() < CHUNK {
            let is_within = plan.is_within_family();
            if !is_within && encoder.fill() {
                continue;
            }
            if is_within && encoder.held() >= CHUNK {
                encoder.announce(&mut |visitor| plan.show_ahead(visitor));
            }
            more = plan.show_part(encoder.visitor());
        }
        let chunk =
            if more { encoder.take() } else { self.encoder.take().map(Encoder::finish).unwrap_or_default() };
        self.took += start.elapsed();
        if !more {
            self.plan = None;
            self.registry.times.add(self.took);
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
