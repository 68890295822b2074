//! Metrics whose label names are known only when the program runs.

use super::{Declaration, DeclareError, Typed, names};
use crate::{
    declared::Entry,
    family::{Labellable, Labelled},
    label::MAX_LABELS,
};
use std::any::Any;

impl Declaration {
    /// Gives the metric labels whose names are known only when the program runs. All other settings of a declaration come before
    /// this one.
    ///
    /// ```
    /// use tallymark_core::{Counter, Labelled, place, registry::Declaration};
    ///
    /// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
    /// let names: Vec<String> = "peer,shard".split(',').map(str::to_owned).collect();
    /// let retries = Declaration::new("relay_retries_total", "Retries, by peer and shard.", place!()).labels(names);
    /// let retries: &'static Labelled<Counter> = retries.declare(Counter::new)?;
    /// retries.with(&["north", "7"]).inc();
    /// # Ok(())
    /// # }
    /// ```
    pub fn labels<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> LabelledDeclaration {
        LabelledDeclaration::new(self, names.into_iter().map(Into::into).collect())
    }
}

/// A [`Declaration`] of a metric whose label names are known only when the program runs.
///
/// Made by [`Declaration::labels`].
#[derive(Clone, Debug)]
#[must_use = "nothing is declared before `declare` is called"]
pub struct LabelledDeclaration {
    declaration: Declaration,
    names: Vec<String>,
    max_series: Option<u32>,
}

impl LabelledDeclaration {
    pub(super) fn new(declaration: Declaration, names: Vec<String>) -> Self {
        Self { declaration, names, max_series: None }
    }

    /// Shows at most `max` series at once; 2,000 unless set. See [`Counter::max_series`](crate::Counter::max_series).
    pub fn max_series(mut self, max: u32) -> Self {
        self.max_series = Some(max);
        self
    }

    /// Declares a family of metrics like the one that `make` returns, or returns the family that was declared before in the same
    /// way.
    ///
    /// Kind, buckets, expiry and everything else but labels and their [limit](Self::max_series) are those of the metric that `make`
    /// returns:
    ///
    /// ```
    /// use tallymark_core::{Histogram, Labelled, bucket_layouts::DEFAULT, place, registry::Declaration};
    ///
    /// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
    /// let hops = Declaration::new("relay_hop_duration_seconds", "Time of each hop.", place!()).labels(["peer"]);
    /// let hops: &'static Labelled<Histogram> = hops.declare(|| Histogram::new(DEFAULT).expire_after(600))?;
    /// hops.with(&["north"]).observe(0.02);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Declaration::declare`], and if the name of a label breaks a rule, if two labels have the same name, or if there
    /// are more than 16.
    pub fn declare<M: Labellable + Any + Send>(
        self,
        make: impl FnOnce() -> M,
    ) -> Result<&'static Labelled<M>, DeclareError> {
        let Self { declaration, names, max_series } = self;
        let labels: Vec<&str> = names.iter().map(String::as_str).collect();
        if labels.len() > MAX_LABELS {
            return Err(DeclareError::Labels {
                name: declaration.name,
                labels: labels.len(),
                most: MAX_LABELS,
            });
        }
        declaration.check(M::KIND, &labels, false)?;
        let labels = names::leak(&labels);
        let typed = Typed {
            kind: M::KIND,
            labels,
            entry: |descriptor, metric: &'static Labelled<M>| Entry::labelled(descriptor, metric),
            is_like: |one, other| one.metric().is_like(other.metric()),
        };
        declaration.home().declare(declaration, Labelled::new(make(), labels, max_series), &typed)
    }
}

#[cfg(test)]
mod tests;
