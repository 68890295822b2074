//! A declared metric as it is shown.

use super::config::Config;
use crate::{
    declared::Entry,
    descriptor::{Kind, Place},
    metric::Varies,
    series::ErasedSeries,
    visit::Head,
};

/// Bytes that a metric takes in an exposition, if nothing else is known.
const USUAL: usize = 160;

/// Bytes of a number, of which few are longer, and of the end of its line.
const NUMBER: usize = 10;

/// Bytes that a metric is likely to take in an exposition.
#[inline]
pub(super) fn size(entry: &Entry) -> usize {
    match entry.lines.len() {
        0 => USUAL,
        lines => lines + NUMBER,
    }
}

/// A declared metric as it is shown.
///
/// Two words, since there may be thousands, and all are written to memory that was never touched before: what few of
/// them have is elsewhere.
pub(super) struct DeclaredFamily(Shown);

enum Shown {
    /// A counter without labels and exemplars. That is known without a look at the entry.
    Counter(&'static Entry),
    Other(&'static Entry),
    WithOverrides(Box<Overrides>),
}

/// A metric, and what few metrics have.
struct Overrides {
    entry: &'static Entry,
    is_plain_counter: bool,
    /// The name it is shown under, if that is not the one it was declared with.
    renamed: Option<String>,
    /// The help text, where it says more than the declaration.
    help: Option<String>,
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
        if cfg!(feature = "quantiles") && !is_plain_counter && entry.descriptor.kind == Kind::Summary {
            declared.mark_quantiles();
        }
        declared
    }

    /// Says of quantiles what those who read them have to know.
    #[cold]
    #[inline(never)]
    fn mark_quantiles(&mut self) {
        let entry = self.entry();
        if let Some(quantiles) = entry.metric.outline().quantiles {
            let help = quantiles.help(entry.descriptor.help);
            self.change(|overrides| overrides.help = Some(help));
        }
    }

    /// The help text, unless it differs from series to series.
    pub(super) fn help(&self) -> &str {
        let own = self.overrides().and_then(|overrides| overrides.help.as_deref());
        own.unwrap_or(self.entry().descriptor.help)
    }

    #[cold]
    #[inline(never)]
    fn rename(&mut self, config: &Config) {
        let descriptor = &self.entry().descriptor;
        let renamed = config.rename(descriptor.name, descriptor.namespaced);
        if renamed.is_some() {
            self.change(|overrides| overrides.renamed = renamed);
        }
    }

    pub(super) fn entry(&self) -> &'static Entry {
        match &self.0 {
            Shown::Counter(entry) | Shown::Other(entry) => entry,
            Shown::WithOverrides(overrides) => overrides.entry,
        }
    }

    fn overrides(&self) -> Option<&Overrides> {
        match &self.0 {
            Shown::WithOverrides(overrides) => Some(overrides),
            Shown::Counter(_) | Shown::Other(_) => None,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Overrides)) {
        let is_plain_counter = self.is_plain_counter();
        match &mut self.0 {
            Shown::WithOverrides(overrides) => change(overrides),
            Shown::Counter(entry) | Shown::Other(entry) => {
                let overrides = Overrides {
                    entry,
                    is_plain_counter,
                    renamed: None,
                    help: None,
                    constant: None,
                    job: None,
                };
                let mut overrides = Box::new(overrides);
                change(&mut overrides);
                self.0 = Shown::WithOverrides(overrides);
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        match &self.0 {
            Shown::Counter(entry) | Shown::Other(entry) => entry.descriptor.name,
            Shown::WithOverrides(overrides) => {
                overrides.renamed.as_deref().unwrap_or(overrides.entry.descriptor.name)
            }
        }
    }

    pub(super) fn job(&self) -> Option<u64> {
        self.overrides()?.job
    }

    pub(super) fn set_job(&mut self, job: u64) {
        self.change(|overrides| overrides.job = Some(job));
    }

    /// Gives it constant labels of its own.
    pub(super) fn set_constant(&mut self, labels: Vec<(String, String)>) {
        self.change(|overrides| overrides.constant = Some(labels));
    }

    /// Whether it is a counter without labels and exemplars.
    #[inline]
    pub(super) fn is_plain_counter(&self) -> bool {
        match &self.0 {
            Shown::Counter(_) => true,
            Shown::Other(_) => false,
            Shown::WithOverrides(overrides) => overrides.is_plain_counter,
        }
    }

    /// What was prepared for the text formats, if it holds: empty if not.
    pub(super) fn lines(&self, config: &Config) -> &'static str {
        if self.overrides().is_none() && config.labels.is_empty() { self.entry().lines } else { "" }
    }

    pub(super) fn head<'a>(&'a self, config: &'a Config) -> Head<'a> {
        let descriptor = &self.entry().descriptor;
        let (help, unit) = match self.varies() {
            Some(varies) => varies.description(descriptor),
            None => (self.help(), descriptor.unit),
        };
        Head {
            name: self.name(),
            help,
            kind: descriptor.kind,
            unit,
            constant: self
                .overrides()
                .and_then(|overrides| overrides.constant.as_ref())
                .unwrap_or(&config.labels),
        }
    }

    /// What is known of label names that differ from series to series, if they do.
    pub(super) fn varies(&self) -> Option<&'static dyn Varies> {
        if self.is_plain_counter() { None } else { self.entry().metric.varies() }
    }

    pub(super) fn kind(&self) -> Kind {
        self.entry().descriptor.kind
    }

    pub(super) fn place(&self) -> &'static Place {
        &self.entry().descriptor.place
    }
}
