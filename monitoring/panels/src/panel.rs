//! Boards and their panels.

use crate::Query;
use tallymark_rules::PanelUnit;

/// A board of panels: an overview, a layer, the application's own metrics.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Board {
    /// The slug, which is part of file names and URLs: `http`.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Board {
    /// Creates a board without rows.
    pub fn new(slug: impl Into<String>, title: impl Into<String>) -> Self {
        Self { slug: slug.into(), title: title.into(), rows: Vec::new() }
    }

    /// Adds a row, unless it has no panels.
    #[must_use]
    pub fn row(mut self, title: impl Into<String>, panels: Vec<Panel>) -> Self {
        if !panels.is_empty() {
            self.rows.push(Row { title: title.into(), panels });
        }
        self
    }

    /// Returns its panels, row by row.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}

/// A row of panels that belong together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The title.
    pub title: String,
    /// The panels, from left to right.
    pub panels: Vec<Panel>,
}

/// A panel, which draws the results of one or several queries.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Panel {
    /// The title.
    pub title: String,
    /// The description: the help text of the metric, unless set.
    pub description: String,
    /// The unit of all its values.
    pub unit: Unit,
    /// The kind of visualization.
    pub kind: PanelKind,
    /// The queries that it shows.
    pub targets: Vec<Target>,
    /// The thresholds, in ascending order.
    pub thresholds: Vec<Threshold>,
}

impl Panel {
    /// Creates a panel without queries.
    pub fn new(title: impl Into<String>, kind: PanelKind, unit: impl Into<Unit>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
            unit: unit.into(),
            kind,
            targets: Vec::new(),
            thresholds: Vec::new(),
        }
    }

    /// Adds a query. `legend` names its series: `{{route}}` is the value of a label.
    #[must_use]
    pub fn query(mut self, legend: impl Into<String>, query: Query) -> Self {
        if self.description.is_empty() {
            if let Some(family) = query.families().first() {
                self.description.clone_from(&family.help);
            }
        }
        self.targets.push(Target { legend: legend.into(), query });
        self
    }

    /// Sets the description, in place of the help text of the first metric.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds a threshold: values from here on are of level *warning*.
    #[must_use]
    pub fn warn_from(self, from: f64) -> Self {
        self.threshold(from, Level::Warning)
    }

    /// Adds a threshold: values from here on are of level *critical*.
    #[must_use]
    pub fn bad_from(self, from: f64) -> Self {
        self.threshold(from, Level::Critical)
    }

    /// Adds thresholds: values from here on are good, and values below are of level *critical*.
    #[must_use]
    pub fn good_from(self, from: f64) -> Self {
        self.threshold(f64::NEG_INFINITY, Level::Critical).threshold(from, Level::Good)
    }

    fn threshold(mut self, from: f64, level: Level) -> Self {
        self.thresholds.push(Threshold { from, level });
        self
    }
}

/// A query of a panel.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Target {
    /// Names its series: `{{route}}` is the value of a label.
    pub legend: String,
    /// The query.
    pub query: Query,
}

/// The kind of visualization of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PanelKind {
    /// Lines over time.
    Lines,
    /// Stacked areas over time.
    Stacked,
    /// One number for each series, with a sparkline.
    Stat,
    /// One number for each series on a scale from its least to its greatest value.
    Gauge,
    /// The number of observations in each bucket, over time.
    Heatmap,
    /// The current state, over time.
    States,
    /// A table of the labels and newest values.
    Table,
}

/// The least value of a level.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// The least such value.
    pub from: f64,
    /// The level.
    pub level: Level,
}

/// The level of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// The value is in the normal range.
    Good,
    /// The value needs attention.
    Warning,
    /// The value shows a failure.
    Critical,
}

/// The unit of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// A unit that annotations can name.
    Known(PanelUnit),
    /// Another base unit.
    Other(String),
}

impl From<PanelUnit> for Unit {
    fn from(unit: PanelUnit) -> Self {
        Self::Known(unit)
    }
}

impl Unit {
    /// Returns the unit of a metric whose base unit is this.
    pub fn of_base(base: Option<&str>) -> Self {
        Self::Known(match base {
            None => PanelUnit::Count,
            Some("seconds") => PanelUnit::Seconds,
            Some("bytes") => PanelUnit::Bytes,
            Some("ratio") => PanelUnit::Ratio,
            Some(other) => return Self::Other(other.to_owned()),
        })
    }

    /// Returns the unit of the per-second rate: bytes become bytes per second, and seconds per second a ratio.
    #[must_use]
    pub fn per_second(self) -> Self {
        Self::Known(match self {
            Self::Known(PanelUnit::Bytes) => PanelUnit::BytesPerSecond,
            Self::Known(PanelUnit::Seconds) => PanelUnit::Ratio,
            Self::Known(_) => PanelUnit::PerSecond,
            Self::Other(unit) => return Self::Other(format!("{unit}/s")),
        })
    }

    /// Returns the name of the unit in Grafana.
    pub fn grafana(&self) -> String {
        let unit = match self {
            Self::Known(unit) => unit,
            Self::Other(unit) => return format!("suffix: {unit}"),
        };
        let name = match unit {
            PanelUnit::PerSecond => "ops",
            PanelUnit::RequestsPerSecond => "reqps",
            PanelUnit::Seconds => "s",
            PanelUnit::Bytes => "bytes",
            PanelUnit::BytesPerSecond => "Bps",
            PanelUnit::Ratio => "percentunit",
            PanelUnit::Timestamp => "dateTimeFromNow",
            PanelUnit::Flag => "bool_yes_no",
            _ => "short",
        };
        name.to_owned()
    }
}
