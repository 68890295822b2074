//! What this process shows itself, with the group's values in the place of its own.

use super::{
    families::{Families, Known},
    family::Shows,
};
use std::sync::Arc;
use tallymark_core::{
    Number,
    snapshot::Value,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// A visitor that what this process has of a family is shown to, and that shows what the group has to another one.
pub(super) struct Merging<'a> {
    pub(super) families: &'a mut Families,
    /// The places of the families of the name that is shown.
    pub(super) same: Arc<[usize]>,
    pub(super) visitor: &'a mut dyn Visitor,
}

impl Merging<'_> {
    /// Shows what the group has of a series. Returns whether it is to be shown as this process has it.
    fn replace(&mut self, labels: Labels<'_>, details: &Details<'_>) -> bool {
        match self.families.find(&self.same, labels) {
            Known::Own => true,
            Known::Later => false,
            Known::Shown(item) => {
                let mut merged = Details::default();
                merged.created = item.created.or(details.created);
                // One that this process could not publish is shown where there is no other.
                merged.exemplars = if item.exemplars.is_empty() { details.exemplars } else { item.exemplars };
                item.shows.visit(labels, merged, self.visitor);
                false
            }
        }
    }
}

impl Visitor for Merging<'_> {
    fn family(&mut self, head: &Head<'_>) {
        self.visitor.family(head);
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.number_with(labels, value, details);
        }
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.histogram_with(labels, point, details);
        }
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        if self.replace(labels, details) {
            self.visitor.summary_with(labels, point, details);
        }
    }

    fn up_down(&mut self, labels: Labels<'_>, value: Number) {
        match self.families.find(&self.same, labels) {
            Known::Own => self.visitor.up_down(labels, value),
            Known::Later => {}
            Known::Shown(item) => match item.shows {
                Shows::Count(count) => self.visitor.up_down(labels, Number::U64(count)),
                Shows::Value(&Value::Number(number)) => self.visitor.up_down(labels, number),
                Shows::Value(_) => {}
            },
        }
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        if self.replace(labels, &Details::default()) {
            self.visitor.states(labels, states, current);
        }
    }
}
