//! Metrics whose series have different label names.

use super::{Declaration, DeclareError, Typed, names};
use crate::{
    declared::Entry,
    descriptor::Kind,
    family::{Labellable, Settings, Varied},
    lint::{self, Allow},
};
use std::any::Any;

/// Different sets of label names that one family has, unless another limit is set.
const MAX_SETS: usize = 64;

impl Declaration {
    /// Lets each series have label names of its own, for bridges to libraries that allow it. The help text may be empty here and
    /// [set later](crate::Varied::describe).
    pub fn labels_vary(self) -> VariedDeclaration {
        VariedDeclaration::new(self)
    }
}

/// A [`Declaration`] of a metric whose series may have different label names.
///
/// Made by [`Declaration::labels_vary`].
#[derive(Clone, Debug)]
#[must_use = "nothing is declared before `declare` is called"]
pub struct VariedDeclaration {
    declaration: Declaration,
    max_series: Option<u32>,
    max_sets: usize,
}

impl VariedDeclaration {
    pub(super) fn new(declaration: Declaration) -> Self {
        Self { declaration, max_series: None, max_sets: MAX_SETS }
    }

    /// Shows at most `max` series at once of each set of label names; 2,000 unless set.
    pub fn max_series(mut self, max: u32) -> Self {
        self.max_series = Some(max);
        self
    }

    /// Accepts at most `max` different sets of label names; 64 unless set.
    pub fn max_sets(mut self, max: usize) -> Self {
        self.max_sets = max;
        self
    }

    /// Declares a family of metrics like the one that `make` returns, or returns the family that was declared before in the same
    /// way. `make` is called for each set of label names, and has to return a metric with the same settings each time.
    ///
    /// # Errors
    ///
    /// As [`Declaration::declare`].
    pub fn declare<M: Labellable + Any + Send>(
        self,
        make: impl Fn() -> M + Send + Sync + 'static,
    ) -> Result<&'static Varied<M>, DeclareError> {
        let Self { declaration, max_series, max_sets } = self;
        declaration.check_names(M::KIND)?;
        let settings = Settings { max_series, max_sets, leak: names::leak, fault };
        let varied = Varied::new(Box::new(make), settings);
        let typed = Typed {
            kind: M::KIND,
            labels: &[],
            entry: |descriptor, metric: &'static Varied<M>| Entry::labelled(descriptor, metric),
            is_like: |one, other| one.metric().is_like(other.metric()),
        };
        declaration.home().declare(declaration, varied, &typed)
    }
}

/// What the formats demand of label names, and no more: they are those of somebody else.
fn fault(labels: &[&str]) -> Option<(String, String)> {
    let fault = lint::first_label_fault("", Kind::Unknown, labels, Allow::ALL)?;
    Some((fault.label().unwrap_or_default().to_owned(), fault.to_string()))
}

#[cfg(test)]
mod tests;
