//! A declared metric as it is shown.

use super::config::Config;
use crate::{
    declared::Entry,
    descriptor::{Kind, Place},
    series::ErasedSeries,
    visit::Head,
};

/// Bytes that a metric takes in an exposition, if nothing else is known.
const USUAL: usize = 160;

/// Bytes of a number, of which few are longer, and of the end of its line.
const NUMBER: usize = 10;

/// A declared metric as it is shown.
///
/// Two words, since there may be thousands, and all are written to memory that was never touched before: what few of
/// them have is elsewhere.
pub(super) struct DeclaredFamily(Shown);

enum Shown {
    /// A counter without labels and exemplars. To know that, nobody has to look at the entry.
    Counter(&'static Entry),
    Other(&'static Entry),
    Rare(Box<Rare>),
}

/// A metric, and what few metrics have.
struct Rare {
    entry: &'static Entry,
    is_plain_counter: bool,
    /// The name it is shown under, if that is not the one it was declared with.
    renamed: Option<String>,
    /// The constant labels, where they are not those of all others.
    constant: Option<Vec<(String, String)>>,
    /// The number of the job, if showing it calls a function.
    job: Option<u64>,
}

impl DeclaredFamily {
    #[inline]
    pub(super) fn new(entry: &'static Entry, config: &Config) -> Self {
        let series = if entry.is_plain_counter { entry.metric.as_plain_counter() } else { None };
        Self::with_series(entry, series, config)
    }

    /// Returns the family of an entry whose series are at hand, if it is a counter without labels.
    #[inline]
    pub(super) fn with_series(entry: &'static Entry, series: Option<&ErasedSeries>, config: &Config) -> Self {
        let is_plain_counter = series.is_some_and(|series| !series.options.exemplars());
        let mut declared = Self(if is_plain_counter { Shown::Counter(entry) } else { Shown::Other(entry) });
        if config.renames() {
            declared.rename(config);
        }
        declared
    }

    #[cold]
    #[inline(never)]
    fn rename(&mut self, config: &Config) {
        let descriptor = &self.entry().descriptor;
        let renamed = config.rename(descriptor.name, descriptor.namespaced);
        if renamed.is_some() {
            self.change(|rare| rare.renamed = renamed);
        }
    }

    pub(super) fn entry(&self) -> &'static Entry {
        match &self.0 {
            Shown::Counter(entry) | Shown::Other(entry) => entry,
            Shown::Rare(rare) => rare.entry,
        }
    }

    fn rare(&self) -> Option<&Rare> {
        match &self.0 {
            Shown::Rare(rare) => Some(rare),
            Shown::Counter(_) | Shown::Other(_) => None,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Rare)) {
        let is_plain_counter = self.is_plain_counter();
        match &mut self.0 {
            Shown::Rare(rare) => change(rare),
            Shown::Counter(entry) | Shown::Other(entry) => {
                let rare = Rare { entry, is_plain_counter, renamed: None, constant: None, job: None };
                let mut rare = Box::new(rare);
                change(&mut rare);
                self.0 = Shown::Rare(rare);
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        match &self.0 {
            Shown::Counter(entry) | Shown::Other(entry) => entry.descriptor.name,
            Shown::Rare(rare) => rare.renamed.as_deref().unwrap_or(rare.entry.descriptor.name),
        }
    }

    pub(super) fn job(&self) -> Option<u64> {
        self.rare()?.job
    }

    pub(super) fn set_job(&mut self, job: u64) {
        self.change(|rare| rare.job = Some(job));
    }

    /// Gives it constant labels of its own.
    pub(super) fn set_constant(&mut self, labels: Vec<(String, String)>) {
        self.change(|rare| rare.constant = Some(labels));
    }

    /// Whether it is a counter without labels and exemplars.
    #[inline]
    pub(super) fn is_plain_counter(&self) -> bool {
        match &self.0 {
            Shown::Counter(_) => true,
            Shown::Other(_) => false,
            Shown::Rare(rare) => rare.is_plain_counter,
        }
    }

    /// What was prepared for the text formats, if it holds: empty if not.
    pub(super) fn lines(&self, config: &Config) -> &'static str {
        if self.rare().is_none() && config.labels.is_empty() { self.entry().lines } else { "" }
    }

    /// Bytes that it is likely to take in an exposition.
    #[inline]
    pub(super) fn size(&self) -> usize {
        match self.entry().lines.len() {
            0 => USUAL,
            lines => lines + NUMBER,
        }
    }

    pub(super) fn head<'a>(&'a self, config: &'a Config) -> Head<'a> {
        let descriptor = &self.entry().descriptor;
        Head {
            name: self.name(),
            help: descriptor.help,
            kind: descriptor.kind,
            unit: descriptor.unit,
            constant: self.rare().and_then(|rare| rare.constant.as_ref()).unwrap_or(&config.labels),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.entry().descriptor.kind
    }

    pub(super) fn place(&self) -> &'static Place {
        &self.entry().descriptor.place
    }
}
