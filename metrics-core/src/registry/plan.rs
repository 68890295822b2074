//! One scrape: what is shown, and in which order.

use super::{
    Config, Conflict, Selection, declared_family::DeclaredFamily, escaped, job::caught, pool::Collected,
    resolve::Resolved, state::Registry,
};
use crate::{
    cell::{self, Layout, Scope, UNASSIGNED},
    created,
    encode::Escaping,
    group::Reading,
    metric::Position,
    number::Number,
    snapshot::Family,
    visit::{Head, Labels, Visitor},
};
use std::{collections::HashMap, sync::Arc};

/// What the jobs of declared metrics handed over, by the number of the job.
pub(super) type Called = HashMap<u64, Arc<Vec<Arc<Family>>>>;

/// Counters without labels that are summed together.
const COUNTER_BATCH: usize = 64;

/// Series of what a collector handed over that are shown together.
const COLLECTED_PART: usize = 128;

/// All families of one scrape. The collectors have run; declared metrics are read when they are shown.
pub(super) struct Plan {
    registry: &'static Registry,
    resolved: Arc<Resolved>,
    scope: Scope,
    selection: Selection,
    /// What collectors handed over, sorted by name.
    collected: Vec<Arc<Family>>,
    /// What declared metrics that call out handed over.
    called: Called,
    /// The places of declared families whose escaped names are taken.
    left_out: Vec<usize>,
    /// How many declared and collected families were shown.
    at: (usize, usize),
    /// How far the present family was shown, if only in part. Of what a collector handed over: how many series.
    part: Option<Position>,
    /// What all processes have counted, if there are others.
    reading: Option<Box<dyn Reading>>,
}

impl Plan {
    pub(super) fn new(
        registry: &'static Registry,
        resolved: Arc<Resolved>,
        scope: Scope,
        selection: Selection,
        called: Called,
        mut collected: Vec<Arc<Family>>,
        reading: Option<Box<dyn Reading>>,
    ) -> Self {
        if !selection.is_all() {
            collected.retain(|family| selection.wants(&family.name, family.kind));
        }
        let mut plan = Self {
            registry,
            resolved,
            scope,
            selection,
            collected,
            called,
            left_out: Vec::new(),
            at: (0, 0),
            part: None,
            reading,
        };
        plan.skip_unwanted();
        plan
    }

    /// Leaves out what cannot be shown where names are written in this scheme. To be called before anything is shown.
    /// Returns the conflicts that it found.
    pub(super) fn escape(&mut self, escaping: Escaping) -> Vec<Conflict> {
        let (left_out, conflicts) = escaped::leave_out(&self.resolved, &mut self.collected, escaping);
        self.left_out = left_out;
        self.skip_unwanted();
        conflicts
    }

    /// Goes to the next declared family that is wanted. The others are not read.
    fn skip_unwanted(&mut self) {
        if !self.selection.is_all() || !self.left_out.is_empty() {
            let rest = self.resolved.families.get(self.at.0..).unwrap_or_default();
            let wanted = |(at, declared): (usize, &DeclaredFamily)| {
                self.left_out.binary_search(&(self.at.0 + at)).is_err()
                    && self.selection.wants(declared.name(), declared.kind())
            };
            self.at.0 += rest.iter().enumerate().position(wanted).unwrap_or(rest.len());
        }
    }

    /// How many bytes the declared metrics are likely to take.
    pub(super) fn size(&self) -> usize {
        self.resolved.size
    }

    pub(super) fn config(&self) -> &Config {
        &self.resolved.config
    }

    /// Shows the next family by name. Returns `false` if there is none.
    pub(super) fn show_next(&mut self, visitor: &mut dyn Visitor) -> bool {
        let more = self.show_part(visitor);
        while self.part.is_some() {
            self.show_part(visitor);
        }
        more
    }

    /// Shows the next family, or if it is large some of it. Returns `false` if there is none.
    pub(super) fn show_part(&mut self, visitor: &mut dyn Visitor) -> bool {
        if self.part.is_none() && self.show_counters(visitor) {
            return true;
        }
        let (declared, collected) = (self.resolved.families.get(self.at.0), self.collected.get(self.at.1));
        match (declared, collected) {
            (Some(declared), collected)
                if collected.is_none_or(|collected| declared.name() <= collected.name.as_str()) =>
            {
                let mut reading = self.reading.take();
                self.part = self.show_declared(declared, self.part, &mut reading, visitor);
                self.reading = reading;
                if self.part.is_none() {
                    self.at.0 += 1;
                    self.skip_unwanted();
                }
            }
            (_, Some(collected)) => {
                self.part = self.show_collected(collected, self.part, visitor);
                if self.part.is_none() {
                    self.at.1 += 1;
                }
            }
            (_, None) => return false,
        }
        true
    }

    /// Whether a family was shown in part, and can be shown twice: not if the values of other processes were put in place of some.
    pub(super) fn is_within_family(&self) -> bool {
        self.part.is_some() && self.reading.is_none()
    }

    /// Shows the rest of the present family, and goes back to where it was.
    pub(super) fn show_ahead(&mut self, visitor: &mut dyn Visitor) {
        let before = (self.at, self.part);
        while self.part.is_some() {
            self.show_part(visitor);
        }
        (self.at, self.part) = before;
    }

    /// Shows the next families as far as they are counters without labels of which there is nothing to show but a sum.
    /// A program has many of these, one after the other. Returns `false` if the next family is not one of them.
    fn show_counters(&mut self, visitor: &mut dyn Visitor) -> bool {
        if !self.selection.is_all()
            || !self.left_out.is_empty()
            || created::start().is_some()
            || self.reading.is_some()
        {
            return false;
        }
        let rest = self.resolved.families.get(self.at.0..).unwrap_or_default();
        if !rest.first().is_some_and(DeclaredFamily::is_plain_counter) {
            return false;
        }
        let collected = self.collected.get(self.at.1);
        let mut slots = [UNASSIGNED; COUNTER_BATCH];
        let mut count = 0;
        for (declared, slot) in rest.iter().zip(&mut slots) {
            if !declared.is_plain_counter()
                || collected.is_some_and(|collected| declared.name() > collected.name.as_str())
            {
                break;
            }
            let Some(only) = declared.entry().metric.only_slot() else { break };
            *slot = only;
            count += 1;
        }
        let (Some(slots), Some(families)) = (slots.get(..count), rest.get(..count)) else { return false };
        let mut sums = [0; COUNTER_BATCH];
        let Some(sums) = sums.get_mut(..count) else { return false };
        cell::sum_into(self.scope, slots, Layout::COUNTER, sums);
        let config = &self.resolved.config;
        for (declared, &mut sum) in families.iter().zip(sums) {
            let sum = Number::U64(sum);
            let lines = declared.lines(config);
            if lines.is_empty() || !visitor.prepared(lines, sum) {
                visitor.family(&declared.head(config));
                visitor.number(Labels::NONE, sum);
            }
        }
        self.at.0 += count;
        count > 0
    }

    /// Shows a declared family from `part` on. Returns where to go on.
    fn show_declared(
        &self,
        declared: &DeclaredFamily,
        part: Option<Position>,
        reading: &mut Option<Box<dyn Reading>>,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        if part.is_none() {
            self.show_head(declared, visitor);
        }
        let Some(reading) = reading.as_mut().filter(|reading| reading.knows(declared.name())) else {
            return self.show_own(declared, part, visitor);
        };
        let next = self.show_own(declared, part, &mut *reading.family(declared.name(), visitor));
        if next.is_none() {
            reading.rest(declared.name(), visitor);
        }
        next
    }

    fn show_head(&self, declared: &DeclaredFamily, visitor: &mut dyn Visitor) {
        let head = declared.head(&self.resolved.config);
        if !head.constant.is_empty() {
            if let Some(varies) = declared.varies() {
                // Those of other families were looked at when they were resolved.
                let own = varies.label_names();
                let rest = head.constant.iter().filter(|(label, _)| !own.contains(&label.as_str()));
                return visitor.family(&Head { constant: &rest.cloned().collect::<Vec<_>>(), ..head });
            }
        }
        visitor.family(&head);
    }

    /// Shows the series of a declared family from `part` on, as far as they are this process's. Returns where to go on.
    fn show_own(
        &self,
        declared: &DeclaredFamily,
        part: Option<Position>,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        if let Some(job) = declared.job() {
            for family in self.called.get(&job).into_iter().flat_map(|families| families.iter()) {
                family.visit_series(visitor);
            }
            return None;
        }
        let metric = declared.entry().metric;
        // A metric does not panic; but if one did, a scrape would be the wrong place to find out.
        let shown = caught(|| {
            if part.is_none() && self.scope == Scope::Process {
                metric.expire();
            }
            metric.visit_part(self.scope, part.unwrap_or_default(), visitor)
        });
        let next = shown.unwrap_or_else(|panic| {
            self.registry.pool.fail(declared.name(), format!("panicked: {panic}"));
            None
        });
        // A part that ends where it began, or before, would be shown for ever.
        let at = part.unwrap_or_default();
        if next.is_some_and(|next| next.0 <= at.0) {
            self.registry.pool.fail(declared.name(), "shows the same part again and again".to_owned());
            return None;
        }
        next
    }

    /// Shows the series that a collector handed over from `part` on. Returns where to go on.
    fn show_collected(
        &self,
        family: &Family,
        part: Option<Position>,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        if part.is_none() {
            let labels = &self.resolved.config.labels;
            let taken = |label: &str| {
                family.name == label
                    || family.series.iter().any(|series| series.labels.iter().any(|(own, _)| own == label))
            };
            if labels.iter().any(|(label, _)| taken(label)) {
                let rest: Vec<_> = labels.iter().filter(|(label, _)| !taken(label)).cloned().collect();
                family.visit_head(&rest, visitor);
            } else {
                family.visit_head(labels, visitor);
            }
        }
        let from = part.map_or(0, |part| usize::try_from(part.0).unwrap_or(usize::MAX));
        let to = from.saturating_add(COLLECTED_PART);
        family.visit_some(from..to.min(family.series.len()), visitor);
        (to < family.series.len()).then_some(Position(to as u64))
    }
}

/// Splits what the jobs handed over into that of declared metrics and that of collectors.
pub(super) fn split(results: Vec<Collected>, is_declared: impl Fn(u64) -> bool) -> (Called, Vec<Collected>) {
    let mut called = Called::new();
    let mut collected = Vec::new();
    for result in results {
        if is_declared(result.id) {
            called.insert(result.id, result.families);
        } else {
            collected.push(result);
        }
    }
    (called, collected)
}
