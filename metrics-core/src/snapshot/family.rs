//! Families that own their text: what snapshots hold and collectors hand over.

use crate::{
    descriptor::Kind,
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
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
    ///     series: vec![Series {
    ///         labels: vec![("shop".into(), "north".into())],
    ///         value: Value::Number(Number::U64(3)),
    ///     }],
    /// };
    /// assert!(family.get(&[("shop", "north")]).is_some());
    /// assert!(family.get(&[]).is_none());
    /// ```
    pub fn get(&self, labels: &[(&str, &str)]) -> Option<&Series> {
        self.series.iter().find(|series| series.has(labels))
    }

    /// Shows the family to a visitor, with these constant labels before its own.
    pub fn visit(&self, constant: &[(String, String)], visitor: &mut dyn Visitor) {
        visitor.family(&Head {
            name: &self.name,
            help: &self.help,
            kind: self.kind,
            unit: self.unit.as_deref(),
            constant,
        });
        self.visit_series(visitor);
    }

    pub(crate) fn visit_series(&self, visitor: &mut dyn Visitor) {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for series in &self.series {
            names.clear();
            values.clear();
            names.extend(series.labels.iter().map(|(name, _)| name.as_str()));
            values.extend(series.labels.iter().map(|(_, value)| value.as_str()));
            series.value.visit(Labels::new(&names, &values), visitor);
        }
    }
}

impl Series {
    /// Whether the labels are exactly these, in any order.
    pub fn has(&self, labels: &[(&str, &str)]) -> bool {
        self.labels.len() == labels.len()
            && labels.iter().all(|wanted| {
                self.labels.iter().any(|(name, value)| (name.as_str(), value.as_str()) == *wanted)
            })
    }
}

impl Value {
    fn visit(&self, labels: Labels<'_>, visitor: &mut dyn Visitor) {
        match self {
            Self::Number(number) => visitor.number(labels, *number),
            Self::Histogram(HistogramValue { bounds, counts, sum }) => {
                visitor.histogram(labels, HistogramPoint { bounds, counts, sum: *sum });
            }
            Self::Summary(SummaryValue { count, sum, quantiles }) => {
                visitor.summary(labels, SummaryPoint { count: *count, sum: *sum, quantiles });
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
