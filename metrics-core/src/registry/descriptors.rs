//! What is declared, for tools that generate from it: dashboards, alerting rules, documentation.

use super::{
    annotated::{AlertDescriptor, PanelDescriptor},
    declared_family::DeclaredFamily,
    objective::ObjectiveDescriptor,
    objectives,
    state::Registry,
};
use crate::{
    descriptor::{Kind, Place},
    metric::Varies,
    outline::Outline,
    snapshot::{Family, Value},
};

/// A metric family as it was declared, whatever its values are.
///
/// [`descriptors`] returns those of all declared metrics. What only a [collector](super::Collector) knows of is found in
/// a snapshot: [`FamilyDescriptor::of_family`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FamilyDescriptor {
    /// The name in expositions, with the registry's namespace and, for counters, `_total`.
    pub name: String,
    /// The name without the registry's namespace: as it was declared.
    pub base_name: String,
    /// The kind.
    pub kind: Kind,
    /// The base unit, if one was declared.
    pub unit: Option<String>,
    /// The help text.
    pub help: String,
    /// The labels, in the order in which values are given. Constant labels of the registry are not among them.
    pub labels: Vec<LabelDescriptor>,
    /// The finite upper bounds of a histogram's buckets, if they are known.
    pub bounds: Vec<f64>,
    /// The states of a state set.
    pub states: Vec<String>,
    /// The quantiles of a summary.
    pub quantiles: Vec<f64>,
    /// The number of series that the family has at most, the overflow series included; `None` if nothing limits it.
    pub max_series: Option<usize>,
    /// Where it was declared; `None` for what a collector handed over.
    pub place: Option<Place>,
    /// The alerts that its annotation has.
    pub alerts: Vec<AlertDescriptor>,
    /// The objectives of its events: of the metric itself, of functions, or of routes.
    pub objectives: Vec<ObjectiveDescriptor>,
    /// What its annotation says of its panel.
    pub panel: PanelDescriptor,
}

/// One label of a [`FamilyDescriptor`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelDescriptor {
    /// The name.
    pub name: String,
    /// All values that it can have, if it is closed and they are not too many to be listed.
    pub values: Option<Vec<String>>,
}

impl LabelDescriptor {
    /// Returns the number of values that the label can have, if that is known.
    pub fn cardinality(&self) -> Option<usize> {
        self.values.as_ref().map(Vec::len)
    }
}

impl FamilyDescriptor {
    /// Describes a family of a snapshot by its series: for families of collectors, which are not declared.
    pub fn of_family(family: &Family) -> Self {
        let mut labels: Vec<LabelDescriptor> = Vec::new();
        let mut bounds = Vec::new();
        let mut states = Vec::new();
        let mut quantiles = Vec::new();
        for series in &family.series {
            for (name, _) in &series.labels {
                if !labels.iter().any(|label| label.name == *name) {
                    labels.push(LabelDescriptor { name: name.clone(), values: None });
                }
            }
            match &series.value {
                Value::Histogram(histogram) if bounds.is_empty() => bounds.clone_from(&histogram.bounds),
                Value::Summary(summary) if quantiles.is_empty() => {
                    quantiles = summary.quantiles.iter().map(|(quantile, _)| *quantile).collect();
                }
                Value::States(value) if states.is_empty() => states.clone_from(&value.states),
                _ => {}
            }
        }
        Self {
            name: family.name.clone(),
            base_name: family.name.clone(),
            kind: family.kind,
            unit: family.unit.clone(),
            help: family.help.clone(),
            max_series: labels.is_empty().then_some(1),
            labels,
            bounds,
            states,
            quantiles,
            place: None,
            alerts: Vec::new(),
            objectives: Vec::new(),
            panel: PanelDescriptor::default(),
        }
    }

    /// Returns the label of that name.
    pub fn label(&self, name: &str) -> Option<&LabelDescriptor> {
        self.labels.iter().find(|label| label.name == name)
    }

    /// Returns the number of samples that one series is in an exposition, as a Prometheus server counts series.
    pub fn samples_per_series(&self) -> usize {
        match self.kind {
            // Buckets, `+Inf` among them, sum and count.
            Kind::Histogram | Kind::GaugeHistogram => self.bounds.len() + 3,
            Kind::Summary => self.quantiles.len() + 2,
            Kind::StateSet => self.states.len().max(1),
            _ => 1,
        }
    }

    fn of_declared(declared: &DeclaredFamily) -> Self {
        let entry = declared.entry();
        let descriptor = &entry.descriptor;
        let outline = entry.metric.outline();
        let varies = declared.varies();
        let (help, unit) =
            varies.map_or((declared.help(), descriptor.unit), |varies| varies.description(descriptor));
        let names = varies.map_or_else(|| descriptor.labels.to_vec(), Varies::label_names);
        let max_series = match (outline.cardinality, outline.max_series) {
            _ if names.is_empty() => Some(1),
            (Some(sets), Some(max)) => Some(sets.min(max + 1)),
            (Some(sets), None) => Some(sets),
            (None, max) => max.map(|max| max + 1),
        };
        Self {
            name: declared.name().to_owned(),
            base_name: descriptor.name.to_owned(),
            kind: descriptor.kind,
            unit: unit.map(ToOwned::to_owned),
            help: help.to_owned(),
            labels: labels(&names, &outline),
            bounds: outline.bounds.to_vec(),
            states: outline.states.iter().map(|&state| state.to_owned()).collect(),
            quantiles: outline.quantiles.map_or_else(Vec::new, |quantiles| quantiles.of().to_vec()),
            max_series,
            place: Some(descriptor.place),
            alerts: entry.annotations.alerts.iter().filter_map(AlertDescriptor::new).collect(),
            objectives: Vec::new(),
            panel: PanelDescriptor::new(&entry.annotations.panel),
        }
    }
}

/// More values of a label than this are not listed.
const MOST_LISTED: usize = 2_000;

/// The labels, with the values of those that are closed.
fn labels(names: &[&str], outline: &Outline) -> Vec<LabelDescriptor> {
    let mut labels: Vec<LabelDescriptor> =
        names.iter().map(|&name| LabelDescriptor { name: name.to_owned(), values: None }).collect();
    if let Some(visit_closed) = outline.visit_closed {
        let mut rest = labels.iter_mut();
        visit_closed(&mut |cardinality, text_at| {
            if let (Some(label), Some(values)) =
                (rest.next(), cardinality.filter(|&values| values <= MOST_LISTED))
            {
                label.values = Some((0..values).map(|value| text_at(value).to_owned()).collect());
            }
        });
    }
    labels
}

/// Returns what is declared, sorted by name. It reads no values, runs no collectors, and fixes the configuration as a
/// scrape does.
///
/// ```
/// use tallymark_core::{Kind, registry};
///
/// let descriptors = registry::descriptors();
/// let conflicts = descriptors.iter().find(|family| family.name == "tallymark_conflicts_total");
/// assert!(conflicts.is_some_and(|family| family.kind == Kind::Counter && family.place.is_some()));
/// ```
pub fn descriptors() -> Vec<FamilyDescriptor> {
    Registry::global().descriptors()
}

impl Registry {
    /// Describes what is declared, sorted by name.
    pub(super) fn descriptors(&self) -> Vec<FamilyDescriptor> {
        let resolved = self.resolved();
        let mut families: Vec<FamilyDescriptor> =
            resolved.families.iter().map(FamilyDescriptor::of_declared).collect();
        let declared = self.state().objectives.clone();
        let mut objectives = objectives::by_family(&resolved.families, declared);
        if !objectives.is_empty() {
            for family in &mut families {
                family.objectives = objectives.remove(&family.name).unwrap_or_default();
            }
        }
        families
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Histogram, IntGauge, LabelSet, LabelValue, buckets, place, registry::Declaration};

    #[derive(Clone, Copy)]
    struct Flags {
        first: bool,
        second: bool,
    }

    impl LabelSet for Flags {
        type Borrowed<'a> = Self;
        const NAMES: &'static [&'static str] = &["first", "second"];
        const CARDINALITY: Option<usize> = Some(4);

        fn index(&self) -> usize {
            usize::from(self.first) * 2 + usize::from(self.second)
        }

        fn visit(&self, f: &mut impl FnMut(&str)) {
            f(if self.first { "true" } else { "false" });
            f(if self.second { "true" } else { "false" });
        }

        fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
            f(["false", "true"][index / 2]);
            f(["false", "true"][index % 2]);
        }

        fn visit_closed(f: &mut crate::label::VisitValues<'_>) {
            f(bool::CARDINALITY, bool::text_at);
            f(bool::CARDINALITY, bool::text_at);
        }
    }

    #[derive(Clone, Copy)]
    struct User<'a>(&'a str);

    impl LabelSet for User<'_> {
        type Borrowed<'a> = User<'a>;
        const NAMES: &'static [&'static str] = &["user"];
        const CARDINALITY: Option<usize> = None;

        fn index(&self) -> usize {
            0
        }

        fn visit(&self, f: &mut impl FnMut(&str)) {
            f(self.0);
        }

        fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
    }

    fn described(name: &str) -> FamilyDescriptor {
        descriptors().into_iter().find(|family| family.name == name).expect("it was declared")
    }

    #[test]
    fn closed_labels_list_their_values() {
        let _: &Histogram<Flags> = Declaration::new("described_waits_seconds", "Waits.", place!())
            .unit("seconds")
            .declare(|| Histogram::new(buckets![0.5, 1.0]))
            .expect("a good name");
        let family = described("described_waits_seconds");
        let both = Some(vec!["false".to_owned(), "true".to_owned()]);
        let label = |name: &str| LabelDescriptor { name: name.to_owned(), values: both.clone() };
        assert_eq!(family.labels, [label("first"), label("second")]);
        assert_eq!(family.label("second").and_then(LabelDescriptor::cardinality), Some(2));
        assert_eq!((family.max_series, family.bounds.as_slice()), (Some(4), &[0.5, 1.0][..]));
        assert_eq!((family.unit.as_deref(), family.samples_per_series()), (Some("seconds"), 5));
        assert!(family.place.is_some_and(|place| place.file.ends_with("descriptors.rs")));
    }

    #[test]
    fn open_labels_have_a_limit() {
        let _: &IntGauge<User<'static>> = Declaration::new("described_users", "Users.", place!())
            .declare(|| IntGauge::new().max_series(20))
            .expect("a good name");
        let family = described("described_users");
        assert_eq!(family.max_series, Some(21));
        assert_eq!(family.label("user").and_then(LabelDescriptor::cardinality), None);
    }

    #[test]
    fn a_family_of_a_collector_is_described_by_its_series() {
        let family = Family {
            name: "lines".into(),
            help: "Lines.".into(),
            kind: Kind::Gauge,
            unit: None,
            series: vec![crate::snapshot::Series::new(
                vec![("file".into(), "a".into())],
                Value::Number(crate::Number::U64(1)),
            )],
        };
        let described = FamilyDescriptor::of_family(&family);
        assert_eq!(described.labels, [LabelDescriptor { name: "file".into(), values: None }]);
        assert_eq!((described.max_series, described.place), (None, None));
    }
}
