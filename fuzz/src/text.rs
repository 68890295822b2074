//! What the text of families has to say, held against what a strict reader finds in it.

use crate::reader::{Line, parse};
use tallymark_core::{
    Kind,
    encode::{Encoder, Escaping},
    exemplar::Exemplar,
    registry::Format,
    snapshot::{Family, Series, Value},
};

type Pairs = Vec<(String, String)>;

/// Encodes families as text and panics if a reader finds anything else in it.
pub fn check(format: Format, escaping: Escaping, families: &[Family]) {
    let mut encoder = Encoder::with_escaping(format, escaping);
    for family in families {
        family.visit(&[], &mut encoder);
    }
    let text = String::from_utf8(encoder.finish()).expect("text");
    let openmetrics = format == Format::OpenMetrics100;
    let found = parse(&text, openmetrics).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut expected = Expected { openmetrics, escaping, lines: Vec::new() };
    for family in families.iter().filter(|family| !family.series.is_empty()) {
        expected.family(family);
    }
    expected.lines.extend(openmetrics.then_some(Line::Eof));
    let found: Vec<Line> = found.into_iter().map(normal).collect();
    assert_eq!(found, expected.lines, "{text}");
}

/// Numbers as one text, whichever of several a format chose.
fn normal(line: Line) -> Line {
    let bound = |(name, value): (String, String)| {
        let value = if name == "le" || name == "quantile" { number_text(&value) } else { value };
        (name, value)
    };
    match line {
        Line::Sample(name, labels, value) => {
            Line::Sample(name, labels.into_iter().map(bound).collect(), number_text(&value))
        }
        Line::Exemplar(labels, value, time) => {
            Line::Exemplar(labels, number_text(&value), number_text(&time))
        }
        other => other,
    }
}

fn number_text(text: &str) -> String {
    float_text(text.parse().expect("a number"))
}

fn float_text(value: f64) -> String {
    format!("{value:?}")
}

/// Whether a family of this name can have this unit. A unit is written as it is, so nothing in it can need escaping.
fn is_unit_of(name: &str, unit: &str) -> bool {
    !unit.is_empty() && !unit.contains(['\\', '"', '\n']) && name.ends_with(&format!("_{unit}"))
}

struct Expected {
    openmetrics: bool,
    escaping: Escaping,
    lines: Vec<Line>,
}

impl Expected {
    fn family(&mut self, family: &Family) {
        let sample = self.escaping.metric_name(&family.name);
        let suffix = match family.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            _ => "",
        };
        let stem = match sample.strip_suffix(suffix) {
            Some(stem) if self.openmetrics => stem.to_owned(),
            _ => sample.clone(),
        };
        if !family.help.is_empty() {
            self.lines.push(Line::Help(stem.clone(), family.help.clone()));
        }
        let kind = match (family.kind, self.openmetrics) {
            (Kind::Counter, _) => "counter",
            (Kind::GaugeHistogram, true) => "gaugehistogram",
            (Kind::Histogram | Kind::GaugeHistogram, _) => "histogram",
            (Kind::Summary, _) => "summary",
            (Kind::Info, true) => "info",
            (Kind::StateSet, true) => "stateset",
            (Kind::Unknown, true) => "unknown",
            (Kind::Unknown, false) => "untyped",
            _ => "gauge",
        };
        self.lines.push(Line::Type(stem.clone(), kind.to_owned()));
        let has_unit = self.openmetrics && !matches!(family.kind, Kind::Info | Kind::StateSet);
        if let Some(unit) = family.unit.as_ref().filter(|unit| has_unit && is_unit_of(&stem, unit)) {
            self.lines.push(Line::Unit(stem.clone(), unit.clone()));
        }
        for series in &family.series {
            let names =
                series.labels.iter().map(|(name, value)| (self.escaping.label_name(name), value.clone()));
            let labels: Pairs = names.collect();
            self.series(family, series, &sample, &labels);
            // What goes up and down has not counted since some moment.
            let has_created = self.openmetrics && family.kind != Kind::GaugeHistogram;
            if let Some(created) = series.created.filter(|_| has_created) {
                self.sample(&format!("{stem}_created"), &labels, None, created.as_secs_f64());
            }
        }
    }

    fn series(&mut self, family: &Family, series: &Series, name: &str, labels: &Pairs) {
        match &series.value {
            Value::Number(number) => {
                self.sample(name, labels, None, number.as_f64());
                if family.kind == Kind::Counter {
                    self.exemplar(series, |_| true);
                }
            }
            Value::Histogram(histogram) => {
                let (mut total, mut below) = (0_u64, f64::NEG_INFINITY);
                for (at, count) in histogram.counts.iter().enumerate() {
                    let bound = histogram.bounds.get(at).copied().unwrap_or(f64::INFINITY);
                    total += count;
                    let le = ("le", float_text(bound));
                    self.sample(&format!("{name}_bucket"), labels, Some(le), total as f64);
                    // What cannot be compared is nowhere below, and falls into the first bucket.
                    let last = bound.is_infinite();
                    self.exemplar(series, |value| {
                        (value > below || (at == 0 && !(value > bound))) && (last || !(value > bound))
                    });
                    below = bound;
                }
                // OpenMetrics has no sum of a histogram that may fall, and none of either that is negative where no bound is; and no
                // count without a sum.
                let below_zero = histogram.bounds.first().is_some_and(|bound| *bound < 0.0);
                let is_gauge = family.kind == Kind::GaugeHistogram;
                let has_sum = !self.openmetrics
                    || if is_gauge { below_zero || !(histogram.sum < 0.0) } else { !below_zero };
                let (sum, count) =
                    if is_gauge && self.openmetrics { ("_gsum", "_gcount") } else { ("_sum", "_count") };
                if has_sum {
                    self.sample(&format!("{name}{sum}"), labels, None, histogram.sum);
                    self.sample(&format!("{name}{count}"), labels, None, total as f64);
                }
            }
            Value::Summary(summary) => {
                // OpenMetrics has neither negative quantiles nor a sum that may fall, or is no number.
                let may_be = |value: f64| !self.openmetrics || !(value < 0.0);
                let quantiles: Vec<_> =
                    summary.quantiles.iter().filter(|(_, value)| may_be(*value)).collect();
                let has_sum = !self.openmetrics || summary.sum >= 0.0;
                for (quantile, value) in quantiles {
                    self.sample(name, labels, Some(("quantile", float_text(*quantile))), *value);
                }
                if has_sum {
                    self.sample(&format!("{name}_sum"), labels, None, summary.sum);
                }
                self.sample(&format!("{name}_count"), labels, None, summary.count as f64);
            }
            Value::States(states) => {
                let label = self.escaping.label_name(&family.name);
                for (at, state) in states.states.iter().enumerate() {
                    let on = f64::from(u8::from(at == states.current));
                    self.sample(name, labels, Some((&label, state.clone())), on);
                }
            }
            _ => {}
        }
    }

    fn sample(&mut self, name: &str, labels: &Pairs, extra: Option<(&str, String)>, value: f64) {
        let extra = extra.map(|(name, value)| (name.to_owned(), value));
        let labels = labels.iter().cloned().chain(extra).collect();
        self.lines.push(Line::Sample(name.to_owned(), labels, float_text(value)));
    }

    /// The last of those exemplars whose value belongs there.
    fn exemplar(&mut self, series: &Series, belongs: impl Fn(f64) -> bool) {
        let mut there = series.exemplars.iter().filter(|exemplar| belongs(exemplar.value));
        if let Some(Exemplar { labels, value, at }) = there.next_back().filter(|_| self.openmetrics) {
            self.lines.push(Line::Exemplar(labels.clone(), float_text(*value), float_text(at.as_secs_f64())));
        }
    }
}
