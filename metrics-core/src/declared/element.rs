//! What annotated items leave behind for the registry to find.

use super::Annotations;
use crate::{
    collector::Collector,
    descriptor::{Descriptor, Kind, Place},
    function::FunctionSite,
    group::Group,
    job::JobSite,
    lint::Allow,
    metric::{Declare, Metric},
    model::ModelSite,
    series::ErasedSeries,
};

/// One declared metric: its description and the static itself.
pub struct Entry {
    /// What was declared.
    pub descriptor: Descriptor,
    /// The metric.
    pub metric: &'static dyn Metric,
    /// What the text formats say of it, up to its number; for counters without labels that were declared with a macro.
    pub(crate) lines: &'static str,
    /// See [`Declare::IS_PLAIN_COUNTER`].
    pub(crate) is_plain_counter: bool,
    /// Its alerts, objectives and panel.
    pub(crate) annotations: &'static Annotations,
}

/// The part of a declaration that the macro knows; kind and labels come from the type.
pub struct Declared {
    /// See [`Descriptor::name`].
    pub name: &'static str,
    /// See [`Descriptor::namespaced`].
    pub namespaced: bool,
    /// See [`Descriptor::help`].
    pub help: &'static str,
    /// See [`Descriptor::unit`].
    pub unit: Option<&'static str>,
    /// Rules that the author chose not to follow.
    pub allow: Allow,
    /// See [`Descriptor::place`].
    pub place: Place,
}

impl Entry {
    /// Joins declaration and static, and checks at compile time what could not be checked from tokens alone.
    ///
    /// # Panics
    ///
    /// If a naming rule is broken. In a `static`, where the macros put it, that is a compile error.
    #[track_caller]
    pub const fn new<M: Declare>(declared: Declared, metric: &'static M) -> Self {
        let allow = allowed::<M>(declared.allow);
        crate::lint::check(declared.name, M::KIND, M::LABELS, declared.unit, allow);
        Self::unchecked(declared, metric)
    }

    /// Joins a static and a declaration whose name the macro has checked for a metric of this kind, and checks the
    /// labels, which the macro could not see. Constant evaluation is slow, and names are what it would spend most of
    /// its time on; `build_thousand` in `benches/` builds a thousand declarations.
    ///
    /// # Panics
    ///
    /// As [`new`](Entry::new).
    #[track_caller]
    pub const fn named<M: Declare>(kind: Kind, declared: Declared, metric: &'static M) -> Self {
        let allow = allowed::<M>(declared.allow);
        if kind as u8 == M::KIND as u8 {
            crate::lint::check_labels(declared.name, kind, M::LABELS, allow);
        } else {
            crate::lint::check(declared.name, M::KIND, M::LABELS, declared.unit, allow);
        }
        Self::unchecked(declared, metric)
    }

    /// Adds alerts, objectives and what is said of the panel.
    #[must_use]
    pub const fn annotated(mut self, annotations: &'static Annotations) -> Self {
        self.annotations = annotations;
        self
    }

    /// Adds the lines of a counter without labels in the text formats, up to its number: `# HELP`, a blank, the name, a
    /// blank, the help text, and what follows. They are written as they are, unless there is a namespace or there are
    /// labels that only the running program knows.
    ///
    /// # Panics
    ///
    /// If they are shorter than that. In a `static`, where the macros put it, that is a compile error.
    #[must_use]
    pub const fn lines(mut self, lines: &'static str) -> Self {
        if self.is_plain_counter {
            self.lines = lines;
            // Name and help text are found in them, so that they are there once, and what is read to sort the names is
            // in the cache when the lines are written.
            let (_, rest) = lines.as_bytes().split_at("# HELP ".len());
            let (name, rest) = rest.split_at(self.descriptor.name.len());
            let (_, rest) = rest.split_at(1);
            let (help, _) = rest.split_at(self.descriptor.help.len());
            let (Ok(name), Ok(help)) = (std::str::from_utf8(name), std::str::from_utf8(help)) else {
                panic!("the lines are not those of this metric")
            };
            self.descriptor.name = name;
            self.descriptor.help = help;
        }
        self
    }

    #[allow(clippy::needless_pass_by_value, reason = "made to be used up")]
    const fn unchecked<M: Declare>(declared: Declared, metric: &'static M) -> Self {
        Self::described(
            Descriptor {
                name: declared.name,
                namespaced: declared.namespaced,
                help: declared.help,
                unit: declared.unit,
                kind: M::KIND,
                labels: M::LABELS,
                place: declared.place,
            },
            metric,
        )
    }

    /// Joins a description and a metric whose labels are not those of its type.
    pub(crate) const fn labelled(descriptor: Descriptor, metric: &'static dyn Metric) -> Self {
        Self { descriptor, metric, lines: "", is_plain_counter: false, annotations: Annotations::NONE }
    }

    /// Joins a description and the metric that it describes.
    pub(crate) const fn described<M: Declare>(descriptor: Descriptor, metric: &'static M) -> Self {
        let (is_plain_counter, annotations) = (M::IS_PLAIN_COUNTER, Annotations::NONE);
        Self { descriptor, metric, lines: "", is_plain_counter, annotations }
    }
}

/// The rules that do not hold: those of the declaration, and those of the label set.
const fn allowed<M: Declare>(mut allow: Allow) -> Allow {
    allow.cardinality |= M::ALLOWS_CARDINALITY;
    allow
}

/// One element of the distributed slice.
#[derive(Clone, Copy)]
pub enum Element {
    /// A counter without labels, declared with `#[metric]`: where its slot belongs, and its entry. Slots are assigned
    /// to all of them by reading one element after the other, and none of the entries, each of which lies where no
    /// processor expects it.
    Counter(&'static ErasedSeries, &'static Entry),
    /// Any metrics declared with `#[metric]`, `#[metrics]` or `#[gauge_fn]`.
    Metrics(&'static [Entry]),
    /// A function under `#[timed]`.
    Function(&'static FunctionSite),
    /// A function under `#[job]`.
    Job(&'static JobSite),
    /// A struct under `#[derive(ModelMetrics)]`.
    Model(&'static ModelSite),
    /// What knows the other processes of a group.
    Group(&'static dyn Group),
    /// A collector that belongs to the program, see [`collector!`](crate::collector).
    Collector(&'static dyn Collector),
}

impl Element {
    /// The element of one entry whose metric is called a counter, and the series of that metric. It may be another
    /// metric, or have labels: only its type shows that.
    #[must_use]
    pub const fn counter(entries: &'static [Entry], series: &'static ErasedSeries) -> Self {
        match entries {
            [entry] if entry.is_plain_counter => Self::Counter(series, entry),
            _ => Self::Metrics(entries),
        }
    }

    /// The entries of its metrics.
    pub(crate) fn entries(&self) -> &'static [Entry] {
        match self {
            Self::Counter(_, entry) => std::slice::from_ref(entry),
            Self::Metrics(entries) => entries,
            Self::Function(_) | Self::Job(_) | Self::Model(_) | Self::Collector(_) | Self::Group(_) => &[],
        }
    }
}
