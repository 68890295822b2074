//! Parser of the expositions of other programs.

use std::{collections::BTreeMap, error::Error, fmt};
use tallymark_core::{
    Kind, Number,
    snapshot::{Family, HistogramValue, Series, Snapshot, SummaryValue, Value},
};

/// A line of a text is not a valid exposition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpositionError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with the line.
    pub reason: &'static str,
}

impl fmt::Display for ExpositionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is no exposition: {}", self.line, self.reason)
    }
}

impl Error for ExpositionError {}

/// The metadata of a family, from the lines before its samples.
#[derive(Default)]
struct Heads {
    kinds: BTreeMap<String, Kind>,
    help: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

type LabelPairs = Vec<(String, String)>;

/// The series of a family while they are assembled.
#[derive(Default)]
struct Parts {
    series: BTreeMap<LabelPairs, Part>,
}

#[derive(Default)]
struct Part {
    value: Option<f64>,
    sum: f64,
    count: f64,
    buckets: Vec<(f64, f64)>,
    quantiles: Vec<(f64, f64)>,
}

/// Parses an exposition in Prometheus' text format 0.0.4 or in OpenMetrics 1.0. Timestamps and exemplars are ignored.
///
/// # Errors
///
/// If a line is valid in neither format.
pub fn parse_exposition(text: &str) -> Result<Snapshot, ExpositionError> {
    let mut heads = Heads::default();
    let mut families: BTreeMap<String, Parts> = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let fail = |reason| ExpositionError { line: at + 1, reason };
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            heads.read(comment).map_err(fail)?;
            continue;
        }
        let (name, mut labels, value) = sample(line).map_err(fail)?;
        let (family, place) = heads.place(&name);
        let kind = heads.kind(&family);
        // In OpenMetrics, the name of a family lacks the suffix of its samples.
        let ending = if matches!(place, "_total" | "_info") { place } else { "" };
        let parts = families.entry(format!("{family}{ending}")).or_default();
        let mut take = |label: &str| -> Result<f64, ExpositionError> {
            let at = labels
                .iter()
                .position(|(name, _)| name == label)
                .ok_or(fail("a bucket or quantile has no label"))?;
            let (_, text) = labels.remove(at);
            number(&text).ok_or(fail("the label of a bucket or quantile is a number"))
        };
        match (kind, place) {
            (Kind::Histogram | Kind::GaugeHistogram, "_bucket") => {
                let edge = take("le")?;
                parts.of(labels).buckets.push((edge, value));
            }
            (Kind::Summary, "") => {
                let quantile = take("quantile")?;
                parts.of(labels).quantiles.push((quantile, value));
            }
            (Kind::Histogram | Kind::Summary, "_sum") | (Kind::GaugeHistogram, "_gsum") => {
                parts.of(labels).sum = value;
            }
            (Kind::Histogram | Kind::Summary, "_count") | (Kind::GaugeHistogram, "_gcount") => {
                parts.of(labels).count = value;
            }
            (_, "_created") => {}
            _ => parts.of(labels).value = Some(value),
        }
    }
    let families = families.into_iter().map(|(name, parts)| heads.family(name, parts));
    Ok(Snapshot::new(families.collect()))
}

impl Heads {
    fn read(&mut self, comment: &str) -> Result<(), &'static str> {
        let mut words = comment.trim_start().splitn(3, [' ', '\t']);
        let (Some(word), Some(name)) = (words.next(), words.next()) else { return Ok(()) };
        let name = name.trim_matches('"').to_owned();
        let rest = words.next().unwrap_or_default();
        match word {
            "TYPE" => {
                let kind = match rest.trim() {
                    "counter" => Kind::Counter,
                    // The states of a state set are read as the labels of a gauge.
                    "gauge" | "stateset" => Kind::Gauge,
                    "histogram" => Kind::Histogram,
                    "gaugehistogram" => Kind::GaugeHistogram,
                    "summary" => Kind::Summary,
                    "info" => Kind::Info,
                    "untyped" | "unknown" => Kind::Unknown,
                    _ => return Err("no such type is known"),
                };
                self.kinds.insert(name, kind);
            }
            "HELP" => {
                self.help.insert(name, rest.replace("\\n", "\n").replace("\\\\", "\\"));
            }
            "UNIT" => {
                self.units.insert(name, rest.to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn kind(&self, family: &str) -> Kind {
        self.kinds.get(family).copied().unwrap_or(Kind::Unknown)
    }

    /// Returns the family of a sample, and the suffix of the sample's name.
    fn place(&self, sample: &str) -> (String, &'static str) {
        if self.kinds.contains_key(sample) {
            return (sample.to_owned(), "");
        }
        for suffix in ["_bucket", "_gsum", "_gcount", "_sum", "_count", "_total", "_info", "_created"] {
            if let Some(stem) = sample.strip_suffix(suffix) {
                if self.kinds.contains_key(stem) {
                    return (stem.to_owned(), suffix);
                }
            }
        }
        (sample.to_owned(), "")
    }

    fn family(&self, name: String, parts: Parts) -> Family {
        let stem = |suffix: &str| name.strip_suffix(suffix).filter(|stem| self.kinds.contains_key(*stem));
        let head = if self.kinds.contains_key(&name) {
            name.as_str()
        } else {
            stem("_total").or_else(|| stem("_info")).unwrap_or(&name)
        };
        let kind = self.kind(head);
        let series = parts.series.into_iter().map(|(labels, part)| Series::new(labels, part.value(kind)));
        Family {
            help: self.help.get(head).cloned().unwrap_or_default(),
            unit: self.units.get(head).filter(|unit| !unit.is_empty()).cloned(),
            kind,
            series: series.collect(),
            name,
        }
    }
}

impl Parts {
    fn of(&mut self, mut labels: LabelPairs) -> &mut Part {
        labels.sort();
        self.series.entry(labels).or_default()
    }
}

impl Part {
    fn value(mut self, kind: Kind) -> Value {
        match kind {
            Kind::Histogram | Kind::GaugeHistogram => {
                self.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
                let bounds =
                    self.buckets.iter().map(|(edge, _)| *edge).filter(|edge| edge.is_finite()).collect();
                let mut before = 0.0;
                let mut counts = Vec::new();
                for (_, cumulated) in &self.buckets {
                    counts.push(whole(cumulated - before));
                    before = *cumulated;
                }
                // Without a bucket `+Inf`, the count less the last bucket is the number of observations beyond it.
                if self.buckets.last().is_none_or(|(edge, _)| edge.is_finite()) {
                    counts.push(whole(self.count - before));
                }
                Value::Histogram(HistogramValue {
                    bounds,
                    counts,
                    sum: self.sum,
                    ..HistogramValue::default()
                })
            }
            Kind::Summary => Value::Summary(SummaryValue {
                count: whole(self.count),
                sum: self.sum,
                quantiles: self.quantiles,
            }),
            _ => Value::Number(Number::F64(self.value.unwrap_or(0.0))),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts; what is no count becomes 0"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

fn number(text: &str) -> Option<f64> {
    match text {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => text.parse().ok(),
    }
}

/// One sample: name, labels and value.
fn sample(line: &str) -> Result<(String, LabelPairs, f64), &'static str> {
    let end = line.find(['{', ' ', '\t']).ok_or("a sample is a name, labels and a value")?;
    let (name, mut rest) = line.split_at(end);
    let mut name = name.to_owned();
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = read_labels(inside, &mut name, &mut labels)?;
    }
    if name.is_empty() {
        return Err("a sample has a name");
    }
    let value = rest.split_whitespace().next().and_then(number).ok_or("the value of a sample is a number")?;
    Ok((name, labels, value))
}

/// Parses labels up to the closing brace, and returns what follows it. A name in quotes without a value is the metric's.
fn read_labels<'a>(
    mut text: &'a str,
    name: &mut String,
    labels: &mut LabelPairs,
) -> Result<&'a str, &'static str> {
    loop {
        text = text.trim_start_matches([' ', ',']);
        if let Some(rest) = text.strip_prefix('}') {
            return Ok(rest);
        }
        let label = if let Some(inside) = text.strip_prefix('"') {
            let (label, rest) = quoted(inside)?;
            text = rest.trim_start();
            if text.starts_with([',', '}']) {
                *name = label;
                continue;
            }
            label
        } else {
            let end = text.find('=').ok_or("a label has a value")?;
            let (label, rest) = text.split_at(end);
            text = rest;
            label.trim().to_owned()
        };
        let value =
            text.trim_start().strip_prefix('=').map(str::trim_start).and_then(|text| text.strip_prefix('"'));
        let (value, rest) = quoted(value.ok_or("the value of a label is in quotes")?)?;
        labels.push((label, value));
        text = rest;
    }
}

/// Parses a text up to the closing quote, and returns what follows it.
fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, other)) => value.push(other),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("a quote is not closed")
}
