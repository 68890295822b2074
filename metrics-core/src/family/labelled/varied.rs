//! Families whose series have different label names.

use super::{Labellable, Labelled};
use crate::{
    cell::Scope,
    descriptor::Descriptor,
    label::MAX_LABELS,
    metric::{Metric, Position, Varies},
    outline::Outline,
    visit::Visitor,
};
use std::{
    collections::HashMap,
    error::Error,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
};

/// A position says in its upper bits which set of names is shown. The places of series are less than this.
const PLACES: u32 = 40;

/// Texts that one family is described with, one after the other. Then the last one stays.
const MOST_TEXTS: usize = 16;

/// A family whose series need not have the same label names: of a bridge to a library that allows it.
///
/// Declared with [`Declaration::labels_vary`](crate::registry::Declaration::labels_vary). For each set of names there is a
/// [`Labelled`] family, made on first use; together they are one family in every exposition. Prometheus recommends the
/// same label names for all series of a family, since queries add up by label.
///
/// ```
/// use tallymark_core::{Counter, Varied, place, registry::{self, Declaration}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let jobs = Declaration::new("port_jobs_total", "Jobs.", place!()).labels_vary();
/// let jobs: &'static Varied<Counter> = jobs.declare(Counter::new)?;
/// jobs.labelled(&[])?.with::<&str>(&[]).inc();
/// jobs.labelled(&["queue"])?.with(&["mail"]).inc_by(2);
///
/// let snapshot = registry::snapshot();
/// assert_eq!(snapshot.counter("port_jobs_total", &[]), Some(1));
/// assert_eq!(snapshot.counter("port_jobs_total", &[("queue", "mail")]), Some(2));
/// # Ok(())
/// # }
/// ```
pub struct Varied<M: 'static> {
    make: Box<dyn Fn() -> M + Send + Sync>,
    /// What each family is made like.
    metric: M,
    settings: Settings,
    families: RwLock<Families<M>>,
    described: Mutex<Described>,
}

/// What is set for a family whose label names vary.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) max_series: Option<u32>,
    pub(crate) max_sets: usize,
    /// Returns these label names for as long as the program runs.
    pub(crate) leak: fn(&[&str]) -> &'static [&'static str],
    /// Returns the rule that one of these label names breaks, and that name.
    pub(crate) fault: fn(&[&str]) -> Option<(String, String)>,
}

struct Families<M: 'static> {
    in_order: Vec<&'static Labelled<M>>,
    /// The number of each, by its sorted names.
    numbers: HashMap<Vec<&'static str>, usize>,
}

#[derive(Default)]
struct Described {
    texts: Vec<&'static str>,
    /// What replaces the description of the declaration.
    now: Option<(&'static str, Option<&'static str>)>,
}

impl<M> fmt::Debug for Varied<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Varied").finish_non_exhaustive()
    }
}

/// Why a [`Varied`] family has no series with some label names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelNamesError {
    /// The name of a label breaks a rule.
    Name {
        /// The name.
        label: String,
        /// What is wrong, and what to write instead.
        rule: String,
    },
    /// There are more labels than a metric may have.
    TooMany {
        /// The number of labels.
        labels: usize,
        /// The number of labels that a metric may have.
        most: usize,
    },
    /// The family has as many different sets of label names as it may have.
    Sets {
        /// The number of sets.
        most: usize,
    },
}

impl fmt::Display for LabelNamesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { rule, .. } => f.write_str(rule),
            Self::TooMany { labels, most } => {
                write!(f, "a metric has {most} labels at most, and these are {labels}")
            }
            Self::Sets { most } => {
                write!(f, "the family has {most} different sets of label names already, which is the limit")
            }
        }
    }
}

impl Error for LabelNamesError {}

impl<M: Labellable + Send> Varied<M> {
    pub(crate) fn new(make: Box<dyn Fn() -> M + Send + Sync>, settings: Settings) -> Self {
        let metric = make();
        let families = RwLock::new(Families { in_order: Vec::new(), numbers: HashMap::new() });
        Self { make, metric, settings, families, described: Mutex::default() }
    }

    /// The metric whose kind and settings are those of each series.
    pub(crate) fn metric(&self) -> &M {
        &self.metric
    }

    /// Returns the family of the series with these label names, in whatever order. Values are given in the order of its
    /// own [names](Labelled::names), which is that of the first time.
    ///
    /// # Errors
    ///
    /// If the name of a label breaks a rule, if two labels have the same name, if there are more than 16 labels, or if
    /// there are as many different sets of names as there may be.
    pub fn labelled(&self, names: &[&str]) -> Result<&'static Labelled<M>, LabelNamesError> {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        {
            let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = families.find(&sorted) {
                return Ok(known);
            }
        }
        if names.len() > MAX_LABELS {
            return Err(LabelNamesError::TooMany { labels: names.len(), most: MAX_LABELS });
        }
        if let Some((label, rule)) = (self.settings.fault)(names) {
            return Err(LabelNamesError::Name { label, rule });
        }
        // Made before anything is locked: that is the caller's code.
        let metric = (self.make)();
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = families.find(&sorted) {
            return Ok(known);
        }
        let most = self.settings.max_sets;
        if families.in_order.len() >= most {
            return Err(LabelNamesError::Sets { most });
        }
        let names = (self.settings.leak)(names);
        let family: &'static Labelled<M> =
            Box::leak(Box::new(Labelled::new(metric, names, self.settings.max_series)));
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        let number = families.in_order.len();
        families.in_order.push(family);
        families.numbers.insert(sorted, number);
        Ok(family)
    }

    /// Replaces the help text and the unit, from the next scrape on. Formats that show units leave out one that the name
    /// does not end in.
    pub fn describe(&self, help: &str, unit: Option<&'static str>) {
        let mut described = self.described();
        let known = described.texts.iter().find(|text| **text == help).copied();
        let help = match (known, described.texts.last()) {
            (Some(known), _) => known,
            (None, Some(last)) if described.texts.len() >= MOST_TEXTS => last,
            (None, _) => {
                let text: &'static str = help.to_owned().leak();
                described.texts.push(text);
                text
            }
        };
        described.now = Some((help, unit));
    }

    /// The families as they are now.
    fn families(&self) -> Vec<&'static Labelled<M>> {
        self.families.read().unwrap_or_else(PoisonError::into_inner).in_order.clone()
    }
}

impl<M> Varied<M> {
    fn described(&self) -> MutexGuard<'_, Described> {
        self.described.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> Families<M> {
    fn find(&self, sorted: &[&str]) -> Option<&'static Labelled<M>> {
        let number = *self.numbers.get(sorted)?;
        self.in_order.get(number).copied()
    }
}

impl<M: Labellable + Send> Varies for Varied<M> {
    fn description(&self, declared: &Descriptor) -> (&'static str, Option<&'static str>) {
        self.described().now.unwrap_or((declared.help, declared.unit))
    }

    fn label_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> =
            self.families().iter().flat_map(|family| family.names().iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl<M: Labellable + Send> Metric for Varied<M> {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        Position::walk(|at| self.visit_part(scope, at, visitor));
    }

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        let (number, place) = (at.0 >> PLACES, at.0 & ((1 << PLACES) - 1));
        // One at a time: a copy of the list for each of its parts would be a cost that grows with the square.
        let (family, count) = {
            let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
            (*families.in_order.get(usize::try_from(number).ok()?)?, families.in_order.len() as u64)
        };
        if let Some(next) = family.visit_part(scope, Position(place), visitor) {
            return Some(Position(number << PLACES | next.0));
        }
        let number = number + 1;
        (number < count).then_some(Position(number << PLACES))
    }

    fn dropped_series(&self) -> u64 {
        self.families().iter().map(|family| family.dropped_series()).sum()
    }

    fn rejected_observations(&self) -> u64 {
        self.families().iter().map(|family| family.rejected_observations()).sum()
    }

    fn dropped_exemplars(&self) -> u64 {
        self.families().iter().map(|family| family.dropped_exemplars()).sum()
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn expire(&self) {
        self.families().iter().for_each(|family| family.expire());
    }

    fn outline(&self) -> Outline {
        let each = self.families().iter().map(|family| family.outline().max_series.unwrap_or(1)).sum();
        Outline { cardinality: None, visit_closed: None, max_series: Some(each), ..self.metric.outline() }
    }

    fn varies(&self) -> Option<&dyn Varies> {
        Some(self)
    }
}
