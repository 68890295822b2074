//! What a collector hands over, checked as it comes.

use crate::{
    descriptor::Kind,
    exemplar::Exemplar,
    lint,
    number::Number,
    snapshot::{Family, HistogramValue, Series, StatesValue, SummaryValue, Value},
    utf8,
};
use std::{collections::HashMap, error::Error, fmt};

/// Takes the families of one collector.
///
/// What the exposition formats could not carry is left out and counted as an error of the collector: names and labels
/// with other characters than letters, digits and underscores, unless it [says so](Families::allow_utf8), a series that
/// was there before, a histogram whose counts do not fit its bounds.
#[derive(Debug, Default)]
pub struct Families {
    all: Vec<Family>,
    places: HashMap<String, usize>,
    errors: Vec<FamilyError>,
    utf8: bool,
}

/// Why something that a collector handed over was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FamilyError {
    /// No metric can have this name.
    Name(String),
    /// No label of this family can have this name, or a series has it twice.
    Label {
        /// The family.
        family: String,
        /// The label.
        label: String,
    },
    /// The family has a series with these labels already.
    Twice {
        /// The family.
        family: String,
        /// The labels.
        labels: Vec<(String, String)>,
    },
    /// These labels are not those of an exemplar, which is left out while its series is not.
    Exemplar {
        /// The family.
        family: String,
        /// The labels of the exemplar.
        labels: Vec<(String, String)>,
    },
    /// The value is not one of the family's kind, or not valid in itself.
    Value {
        /// The family.
        family: String,
        /// What is wrong with it.
        rule: &'static str,
    },
}

impl fmt::Display for FamilyError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}` cannot be the name of a metric"),
            Self::Label { family, label } => {
                write!(f, "`{family}` cannot have a label `{label}`, or not twice")
            }
            Self::Twice { family, labels } => write!(f, "`{family}` has two series with labels {labels:?}"),
            Self::Exemplar { family, labels } => write!(
                f,
                "an exemplar of `{family}` was left out: {labels:?} are not 128 characters of valid names and values"
            ),
            Self::Value { family, rule } => write!(f, "a value of `{family}` was left out: {rule}"),
        }
    }
}

impl Error for FamilyError {}

impl Families {
    /// Lets names of metrics and labels be of any characters but control characters from here on, as those of other
    /// systems are. A scraper sees them in quotes or [escaped](crate::encode::Escaping), whichever it asked for.
    ///
    /// ```
    /// use tallymark_core::registry::{CollectError, Families};
    ///
    /// fn collect(families: &mut Families) -> Result<(), CollectError> {
    ///     families.allow_utf8().gauge("cpu.load", "Load.").number(&[("host.name", "north")], 0.5);
    ///     Ok(())
    /// }
    /// ```
    pub fn allow_utf8(&mut self) -> &mut Self {
        utf8::expect();
        self.utf8 = true;
        self
    }

    /// A family of counters. The name ends in `_total`.
    pub fn counter(&mut self, name: &str, help: &str) -> FamilyBuilder<'_> {
        self.family(name, help, Kind::Counter)
    }

    /// A family of gauges.
    pub fn gauge(&mut self, name: &str, help: &str) -> FamilyBuilder<'_> {
        self.family(name, help, Kind::Gauge)
    }

    /// A family of histograms.
    pub fn histogram(&mut self, name: &str, help: &str) -> FamilyBuilder<'_> {
        self.family(name, help, Kind::Histogram)
    }

    /// A family of gauge histograms: how the things that there are now are distributed, such as by their age or size. Unlike those of
    /// a histogram, its counts go down when there are fewer. OpenMetrics and protobuf say what it is; in the text formats
    /// it is a histogram.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tallymark_core::{
    ///     registry::{CollectError, Families},
    ///     snapshot::HistogramValue,
    /// };
    ///
    /// fn collect(families: &mut Families, waiting: &[Duration]) -> Result<(), CollectError> {
    ///     let ages = waiting.iter().map(Duration::as_secs_f64);
    ///     families
    ///         .gauge_histogram("queue_age_seconds", "How long jobs have been waiting.")
    ///         .unit("seconds")
    ///         .point(&[("queue", "mail")], HistogramValue::of([1.0, 60.0, 3600.0], ages));
    ///     Ok(())
    /// }
    /// # let mut families = Families::default();
    /// # collect(&mut families, &[Duration::from_secs(30)]).expect("it is well");
    /// # assert_eq!(families.errors(), []);
    /// ```
    pub fn gauge_histogram(&mut self, name: &str, help: &str) -> FamilyBuilder<'_> {
        self.family(name, help, Kind::GaugeHistogram)
    }

    /// A family of summaries.
    pub fn summary(&mut self, name: &str, help: &str) -> FamilyBuilder<'_> {
        self.family(name, help, Kind::Summary)
    }

    /// A family of any kind. If there is one of the same name and kind already, series are added to that.
    pub fn family(&mut self, name: &str, help: &str, kind: Kind) -> FamilyBuilder<'_> {
        let known = self.places.get(name).copied();
        let at = match known {
            Some(at) if self.all.get(at).is_some_and(|family| family.kind == kind) => Some(at),
            Some(_) => {
                self.errors.push(FamilyError::Value {
                    family: name.to_owned(),
                    rule: "the collector handed over a family of that name and of another kind",
                });
                None
            }
            None if lint::is_metric_name(name) || (self.utf8 && utf8::is_metric_name(name)) => {
                self.places.insert(name.to_owned(), self.all.len());
                let (name, help) = (name.to_owned(), help.to_owned());
                self.all.push(Family { name, help, kind, unit: None, series: Vec::new() });
                Some(self.all.len() - 1)
            }
            None => {
                self.errors.push(FamilyError::Name(name.to_owned()));
                None
            }
        };
        let family = at.and_then(|at| self.all.get_mut(at));
        FamilyBuilder { family, errors: &mut self.errors, utf8: self.utf8 }
    }

    /// A whole family, with the same checks as for one that is built piece by piece.
    pub fn push(&mut self, family: Family) {
        let mut builder = self.family(&family.name, &family.help, family.kind);
        if let Some(unit) = &family.unit {
            builder = builder.unit(unit);
        }
        for series in family.series {
            builder.add(series);
        }
    }

    /// What was left out so far.
    pub fn errors(&self) -> &[FamilyError] {
        &self.errors
    }

    pub(crate) fn into_parts(self) -> (Vec<Family>, Vec<FamilyError>) {
        (self.all, self.errors)
    }
}

/// One family that a collector hands over.
#[derive(Debug)]
pub struct FamilyBuilder<'a> {
    family: Option<&'a mut Family>,
    errors: &'a mut Vec<FamilyError>,
    utf8: bool,
}

impl FamilyBuilder<'_> {
    /// Sets the unit of the values; the name ends in it.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        if let Some(family) = &mut self.family {
            family.unit = Some(unit.to_owned());
        }
        self
    }

    /// Adds a counter, gauge, info (whose value is 1) or unknown value.
    pub fn number(&mut self, labels: &[(&str, &str)], value: impl Into<Number>) -> &mut Self {
        self.add(Series::new(owned(labels), Value::Number(value.into())))
    }

    /// Adds a histogram, or a gauge histogram.
    pub fn point(&mut self, labels: &[(&str, &str)], value: HistogramValue) -> &mut Self {
        self.add(Series::new(owned(labels), Value::Histogram(value)))
    }

    /// Adds a summary.
    pub fn summary(&mut self, labels: &[(&str, &str)], value: SummaryValue) -> &mut Self {
        self.add(Series::new(owned(labels), Value::Summary(value)))
    }

    /// Adds a state set.
    pub fn states(&mut self, labels: &[(&str, &str)], value: StatesValue) -> &mut Self {
        self.add(Series::new(owned(labels), Value::States(value)))
    }

    /// Adds a series, of which more may be known than labels and value: [when](Series::since) it was created, and some
    /// of [what was observed](Series::exemplar). An exemplar whose labels cannot be one's is left out.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use tallymark_core::{
    ///     Number,
    ///     registry::{CollectError, Families},
    ///     snapshot::{Series, Value},
    /// };
    ///
    /// fn collect(families: &mut Families, started: SystemTime) -> Result<(), CollectError> {
    ///     let requests = Series::new(Vec::new(), Value::Number(Number::U64(3)));
    ///     families.counter("proxy_requests_total", "Requests.").add(requests.since(started));
    ///     Ok(())
    /// }
    /// ```
    pub fn add(&mut self, series: Series) -> &mut Self {
        if let Some(family) = &mut self.family {
            match fault(family, &series, self.utf8) {
                None => {
                    let mut series = series;
                    let (valid, invalid): (Vec<_>, Vec<_>) =
                        series.exemplars.into_iter().partition(Exemplar::is_valid);
                    series.exemplars = valid;
                    for Exemplar { labels, .. } in invalid {
                        self.errors.push(FamilyError::Exemplar { family: family.name.clone(), labels });
                    }
                    family.series.push(series);
                }
                Some(error) => self.errors.push(error),
            }
        }
        self
    }
}

fn owned(labels: &[(&str, &str)]) -> Vec<(String, String)> {
    labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Why a series cannot be part of a family. Series that are there twice are found later, all at once.
fn fault(family: &Family, series: &Series, utf8: bool) -> Option<FamilyError> {
    for (at, (label, _)) in series.labels.iter().enumerate() {
        let reserved = match family.kind {
            Kind::Histogram | Kind::GaugeHistogram => label == "le",
            Kind::Summary => label == "quantile",
            Kind::StateSet => *label == family.name,
            _ => false,
        };
        let twice = series.labels.iter().take(at).any(|(earlier, _)| earlier == label);
        let valid = lint::is_label_name(label) || (utf8 && utf8::is_label_name(label));
        if reserved || twice || !valid {
            return Some(FamilyError::Label { family: family.name.clone(), label: label.clone() });
        }
    }
    let rule = value_fault(family.kind, &series.value)?;
    Some(FamilyError::Value { family: family.name.clone(), rule })
}

fn value_fault(kind: Kind, value: &Value) -> Option<&'static str> {
    match (kind, value) {
        (Kind::Counter, Value::Number(number)) if number.as_f64() < 0.0 || number.as_f64().is_nan() => {
            Some("a counter is a number and not negative")
        }
        (Kind::Info, Value::Number(number)) if number.as_f64().to_bits() != 1.0_f64.to_bits() => {
            Some("the value of an info is 1")
        }
        (Kind::Counter | Kind::Gauge | Kind::Info | Kind::Unknown, Value::Number(_))
        | (Kind::Summary, Value::Summary(_)) => None,
        (Kind::StateSet, Value::States(states)) if states.current < states.states.len() => None,
        (Kind::StateSet, Value::States(_)) => Some("one of the states of a state set is on"),
        (Kind::GaugeHistogram, Value::Histogram(histogram)) if histogram.native.is_some() => {
            Some("a gauge histogram has no native buckets")
        }
        (Kind::Histogram | Kind::GaugeHistogram, Value::Histogram(histogram)) => {
            let sorted = histogram.bounds.is_sorted_by(|a, b| a < b);
            if !sorted || histogram.bounds.iter().any(|bound| !bound.is_finite()) {
                Some("the bounds of a histogram are finite and each is larger than the one before")
            } else if histogram.counts.len() != histogram.bounds.len() + 1 {
                Some("a histogram has one count more than bounds, the last for what is above them")
            } else if histogram.native.as_ref().is_some_and(|native| !native.is_of(histogram.count())) {
                Some(
                    "the native buckets of a histogram are sorted, of a schema from -4 to 8, and hold as many \
                     observations as its other buckets",
                )
            } else {
                None
            }
        }
        _ => Some("the value is not one of the family's kind"),
    }
}
