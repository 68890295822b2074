//! Families that own their text: what snapshots hold and collectors hand over.

use crate::{
    descriptor::Kind,
    exemplar::Exemplar,
    native::NativeHistogram,
    number::Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};
use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

/// One metric family with all its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The whole name, `_total` and namespace included.
    pub name: String,
    /// The help text.
    pub help: String,
    /// The kind.
    pub kind: Kind,
    /// The base unit, if one was declared.
    pub unit: Option<String>,
    /// The series, in the order in which the metric shows them.
    pub series: Vec<Series>,
}

/// One series of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Label names and values, without the registry's constant labels.
    pub labels: Vec<(String, String)>,
    /// The value.
    pub value: Value,
    /// Some of what was observed.
    pub exemplars: Vec<Exemplar>,
    /// When it was created, as the time since 1970.
    pub created: Option<Duration>,
}

/// The value of a series, by kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Counters, gauges, info (always 1) and unknown values.
    Number(Number),
    /// Histograms.
    Histogram(HistogramValue),
    /// Summaries.
    Summary(SummaryValue),
    /// State sets.
    States(StatesValue),
}

/// A histogram at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramValue {
    /// The finite upper bounds, sorted; `+Inf` is not among them.
    pub bounds: Vec<f64>,
    /// Observations in each bucket, not cumulated; one more than bounds, the last is `+Inf`.
    pub counts: Vec<u64>,
    /// The sum of all finite observations.
    pub sum: f64,
    /// The native buckets, if it has any. As many observations are in them as in the others.
    pub native: Option<NativeHistogram>,
}

/// A summary at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SummaryValue {
    /// The number of observations.
    pub count: u64,
    /// The sum of all finite observations.
    pub sum: f64,
    /// Quantiles (`0.0..=1.0`) and their values.
    pub quantiles: Vec<(f64, f64)>,
}

/// A state set at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatesValue {
    /// All states.
    pub states: Vec<String>,
    /// The place of the state that is on.
    pub current: usize,
}

impl StatesValue {
    /// The name of the state that is on.
    pub fn current(&self) -> Option<&str> {
        self.states.get(self.current).map(String::as_str)
    }
}

impl Family {
    /// The series with exactly these labels, in any order.
    ///
    /// ```
    /// use tallymark_core::{Kind, Number, snapshot::{Family, Series, Value}};
    ///
    /// let family = Family {
    ///     name: "orders_total".into(),
    ///     help: String::new(),
    ///     kind: Kind::Counter,
    ///     unit: None,
    ///     series: vec![Series::new(vec![("shop".into(), "north".into())], Value::Number(Number::U64(3)))],
    /// };
    /// assert!(family.get(&[("shop", "north")]).is_some());
    /// assert!(family.get(&[]).is_none());
    /// ```
    pub fn get(&self, labels: &[(&str, &str)]) -> Option<&Series> {
        self.series.iter().find(|series| series.has(labels))
    }

    /// Shows the family to a visitor, with these constant labels before its own.
    pub fn visit(&self, constant: &[(String, String)], visitor: &mut dyn Visitor) {
        self.visit_head(constant, visitor);
        self.visit_series(visitor);
    }

    pub(crate) fn visit_head(&self, constant: &[(String, String)], visitor: &mut dyn Visitor) {
        visitor.family(&Head {
            name: &self.name,
            help: &self.help,
            kind: self.kind,
            unit: self.unit.as_deref(),
            constant,
        });
    }

    pub(crate) fn visit_series(&self, visitor: &mut dyn Visitor) {
        self.visit_some(0..self.series.len(), visitor);
    }

    /// Shows the series at these places, as far as there are any.
    pub(crate) fn visit_some(&self, places: Range<usize>, visitor: &mut dyn Visitor) {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for series in self.series.get(places).unwrap_or_default() {
            names.clear();
            values.clear();
            names.extend(series.labels.iter().map(|(name, _)| name.as_str()));
            values.extend(series.labels.iter().map(|(_, value)| value.as_str()));
            series.visit(Labels::new(&names, &values), visitor);
        }
    }
}

impl Series {
    /// A series of which nothing else is known.
    pub fn new(labels: Vec<(String, String)>, value: Value) -> Self {
        Self { labels, value, exemplars: Vec::new(), created: None }
    }

    /// Sets when the series was created. OpenMetrics and protobuf show it of counters, histograms and summaries.
    #[must_use]
    pub fn since(mut self, moment: SystemTime) -> Self {
        self.created = Some(moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
        self
    }

    /// Adds some of what was observed. OpenMetrics and protobuf show it of counters and histograms.
    #[must_use]
    pub fn exemplar(mut self, exemplar: Exemplar) -> Self {
        self.exemplars.push(exemplar);
        self
    }

    fn visit(&self, labels: Labels<'_>, visitor: &mut dyn Visitor) {
        let details = Details { created: self.created, exemplars: &self.exemplars, native: None };
        self.value.visit(labels, details, visitor);
    }

    /// Whether the labels are exactly these, in any order.
    pub fn has(&self, labels: &[(&str, &str)]) -> bool {
        self.labels.len() == labels.len()
            && labels.iter().all(|wanted| {
                self.labels.iter().any(|(name, value)| (name.as_str(), value.as_str()) == *wanted)
            })
    }
}

impl Value {
    /// Shows the value to a visitor, as that of a series with these labels. The native buckets of `details` are the value's.
    #[doc(hidden)]
    pub fn visit<'a>(&'a self, labels: Labels<'_>, mut details: Details<'a>, visitor: &mut dyn Visitor) {
        match self {
            Self::Number(number) => visitor.number_with(labels, *number, &details),
            Self::Histogram(HistogramValue { bounds, counts, sum, native }) => {
                details.native = native.as_ref();
                visitor.histogram_with(labels, HistogramPoint { bounds, counts, sum: *sum }, &details);
            }
            Self::Summary(SummaryValue { count, sum, quantiles }) => {
                visitor.summary_with(labels, SummaryPoint { count: *count, sum: *sum, quantiles }, &details);
            }
            Self::States(StatesValue { states, current }) => {
                let states: Vec<&str> = states.iter().map(String::as_str).collect();
                visitor.states(labels, &states, *current);
            }
        }
    }

    /// The value as one number: that of a number, the count of a histogram or a summary, the place of a state.
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Number(number) => number.as_f64(),
            Self::Histogram(histogram) => histogram.count() as f64,
            Self::Summary(summary) => summary.count as f64,
            Self::States(states) => states.current as f64,
        }
    }
}
