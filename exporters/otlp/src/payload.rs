//! The metrics of one moment as requests.

use crate::{
    compression::Compression,
    exponential,
    history::{History, Window},
    point::{attribute, exemplars, nanoseconds, number},
    unit::ucum,
};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{InstrumentationScope, KeyValue},
    metrics::v1::{
        AggregationTemporality, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
        HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
        SummaryDataPoint, metric::Data, summary_data_point::ValueAtQuantile,
    },
    resource::v1::Resource,
};
use prost::Message;
use std::collections::VecDeque;
use tallymark_core::{
    Kind, Number,
    visit::{Details, Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

/// How many points a request has at most. A collector reads no request of more than 20 MiB, and batches by this number.
const MOST_POINTS: usize = 8_192;

/// One request.
#[derive(Debug)]
pub(crate) struct Payload {
    /// The body, compressed if that is wanted.
    pub(crate) body: Vec<u8>,
    pub(crate) points: u64,
}

/// Which buckets of a histogram are sent that has both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistogramAggregation {
    /// The native ones, as an exponential histogram. Those without native buckets keep their bounds.
    #[default]
    Exponential,
    /// Those with given bounds. Those that have only native buckets are sent as exponential histograms all the same.
    Explicit,
}

/// What all requests have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) resource: Resource,
    pub(crate) compression: Compression,
    pub(crate) aggregation: HistogramAggregation,
}

/// A visitor that makes requests of what it is shown.
pub(crate) struct Payloads<'a> {
    shape: &'a Shape,
    history: &'a mut History,
    now: u64,
    /// The family without its points, to begin anew where a request is full or another kind of points comes.
    family: Metric,
    constant: Vec<KeyValue>,
    monotonic: bool,
    /// Whether it is a gauge histogram.
    levels: bool,
    metrics: Vec<Metric>,
    /// Whether the last metric is of the present family.
    open: bool,
    points: usize,
    done: VecDeque<Payload>,
}

impl<'a> Payloads<'a> {
    pub(crate) fn new(shape: &'a Shape, history: &'a mut History, now: u64) -> Self {
        let now = history.begin(now);
        Self {
            shape,
            history,
            now,
            family: Metric::default(),
            constant: Vec::new(),
            monotonic: false,
            levels: false,
            metrics: Vec::new(),
            open: false,
            points: 0,
            done: VecDeque::new(),
        }
    }

    /// The requests. There are none if there was nothing to send.
    pub(crate) fn finish(mut self) -> VecDeque<Payload> {
        self.history.end();
        self.close();
        self.done
    }

    /// Makes a request of the metrics so far.
    fn close(&mut self) {
        if self.points == 0 {
            return;
        }
        let scope = InstrumentationScope {
            name: "tallymark".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let metrics = std::mem::take(&mut self.metrics);
        let request = ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(self.shape.resource.clone()),
                scope_metrics: vec![ScopeMetrics { scope: Some(scope), metrics, ..ScopeMetrics::default() }],
                ..ResourceMetrics::default()
            }],
        };
        let body = self.shape.compression.compress(request.encode_to_vec());
        let points = u64::try_from(self.points).unwrap_or(u64::MAX);
        self.done.push_back(Payload { body, points });
        (self.points, self.open) = (0, false);
    }

    /// The data that the next point is part of: the last metric's, if that is of this family and takes such points.
    fn data(&mut self, takes: fn(&Data) -> bool, new: impl FnOnce() -> Data) -> Option<&mut Data> {
        if self.points >= MOST_POINTS {
            self.close();
        }
        let fits = |metric: &Metric| metric.data.as_ref().is_some_and(takes);
        if !(self.open && self.metrics.last().is_some_and(fits)) {
            self.metrics.push(Metric { data: Some(new()), ..self.family.clone() });
            self.open = true;
        }
        self.points += 1;
        self.metrics.last_mut()?.data.as_mut()
    }

    fn attributes(&self, labels: Labels<'_>) -> Vec<KeyValue> {
        let own = labels.iter().map(|(name, value)| attribute(name, value));
        self.constant.iter().cloned().chain(own).collect()
    }

    fn temporality(&self) -> AggregationTemporality {
        self.history.aggregation()
    }

    fn gauge(&mut self, attributes: Vec<KeyValue>, value: Number) {
        let time_unix_nano = self.now;
        let data = self.data(|data| matches!(data, Data::Gauge(_)), || Data::Gauge(Gauge::default()));
        if let Some(Data::Gauge(gauge)) = data {
            let value = Some(number(value));
            gauge.data_points.push(NumberDataPoint {
                attributes,
                time_unix_nano,
                value,
                ..NumberDataPoint::default()
            });
        }
    }

    fn sum(&mut self, point: NumberDataPoint, temporality: AggregationTemporality, is_monotonic: bool) {
        let empty =
            Sum { data_points: Vec::new(), aggregation_temporality: temporality.into(), is_monotonic };
        let data = self.data(|data| matches!(data, Data::Sum(_)), || Data::Sum(empty));
        if let Some(Data::Sum(sum)) = data {
            sum.data_points.push(point);
        }
    }

    fn counter(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        let window = self.history.number(&self.family.name, labels, details.created, value);
        let Some(Window { start, value }) = window else { return };
        let point = NumberDataPoint {
            attributes: self.attributes(labels),
            start_time_unix_nano: start,
            time_unix_nano: self.now,
            exemplars: exemplars(details.exemplars, self.history.after(), self.now),
            value: Some(number(value)),
            ..NumberDataPoint::default()
        };
        self.sum(point, self.temporality(), true);
    }

    fn classic(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        let window = self.history.histogram(&self.family.name, labels, details.created, point);
        let Some(Window { start, value: (bucket_counts, sum) }) = window else { return };
        let point = HistogramDataPoint {
            attributes: self.attributes(labels),
            start_time_unix_nano: start,
            time_unix_nano: self.now,
            count: bucket_counts.iter().fold(0, |count, bucket| count.wrapping_add(*bucket)),
            sum: Some(sum),
            bucket_counts,
            explicit_bounds: point.bounds.to_vec(),
            exemplars: exemplars(details.exemplars, self.history.after(), self.now),
            ..HistogramDataPoint::default()
        };
        let aggregation_temporality = self.temporality().into();
        let empty = || Data::Histogram(Histogram { data_points: Vec::new(), aggregation_temporality });
        if let Some(Data::Histogram(histogram)) = self.data(|data| matches!(data, Data::Histogram(_)), empty)
        {
            histogram.data_points.push(point);
        }
    }

    fn exponential(
        &mut self,
        labels: Labels<'_>,
        native: &tallymark_core::snapshot::NativeHistogram,
        sum: f64,
        details: &Details<'_>,
    ) {
        let window = self.history.native(&self.family.name, labels, details.created, native, sum);
        let Some(Window { start, value: (mut native, sum) }) = window else { return };
        exponential::fit(&mut native);
        let point = ExponentialHistogramDataPoint {
            attributes: self.attributes(labels),
            start_time_unix_nano: start,
            time_unix_nano: self.now,
            count: native.count(),
            sum: Some(sum),
            scale: native.schema,
            zero_count: native.zero_count,
            zero_threshold: native.zero_threshold,
            positive: exponential::buckets(&native.positive),
            negative: exponential::buckets(&native.negative),
            exemplars: exemplars(details.exemplars, self.history.after(), self.now),
            ..ExponentialHistogramDataPoint::default()
        };
        let aggregation_temporality = self.temporality().into();
        let empty = || {
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: Vec::new(),
                aggregation_temporality,
            })
        };
        if let Some(Data::ExponentialHistogram(histogram)) =
            self.data(|data| matches!(data, Data::ExponentialHistogram(_)), empty)
        {
            histogram.data_points.push(point);
        }
    }
}

impl Visitor for Payloads<'_> {
    fn family(&mut self, head: &Head<'_>) {
        self.open = false;
        self.monotonic = head.kind == Kind::Counter;
        self.levels = head.kind == Kind::GaugeHistogram;
        // OTLP has no such kinds; whoever turns points into Prometheus's again finds them here.
        // Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", "Metric Metadata".
        let kind = matches!(head.kind, Kind::Info | Kind::StateSet | Kind::Unknown)
            .then(|| attribute("prometheus.type", head.kind.openmetrics_name()));
        self.family = Metric {
            name: head.name.to_owned(),
            description: head.help.to_owned(),
            unit: head.unit.map(ucum).unwrap_or_default(),
            metadata: kind.into_iter().collect(),
            data: None,
        };
        self.constant = head.constant.iter().map(|(name, value)| attribute(name, value)).collect();
    }

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.number_with(labels, value, &Details::default());
    }

    fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
        self.histogram_with(labels, point, &Details::default());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        self.summary_with(labels, point, &Details::default());
    }

    fn number_with(&mut self, labels: Labels<'_>, value: Number, details: &Details<'_>) {
        if self.monotonic {
            self.counter(labels, value, details);
        } else {
            self.gauge(self.attributes(labels), value);
        }
    }

    fn up_down(&mut self, labels: Labels<'_>, value: Number) {
        // A level has no count that could fall, but a series that was removed begins anew.
        let start = self.history.cumulative(&self.family.name, labels, None, 0);
        let point = NumberDataPoint {
            attributes: self.attributes(labels),
            start_time_unix_nano: start,
            time_unix_nano: self.now,
            value: Some(number(value)),
            ..NumberDataPoint::default()
        };
        self.sum(point, AggregationTemporality::Cumulative, false);
    }

    fn histogram_with(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>, details: &Details<'_>) {
        if self.levels {
            // OTLP has no histogram of levels, and takes every one for what was observed since some moment.
            // Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", "Dropped Types".
            return;
        }
        let explicit = self.shape.aggregation == HistogramAggregation::Explicit && !point.bounds.is_empty();
        match details.native {
            Some(native) if !explicit => self.exponential(labels, native, point.sum, details),
            _ => self.classic(labels, point, details),
        }
    }

    fn summary_with(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>, details: &Details<'_>) {
        let start = self.history.cumulative(&self.family.name, labels, details.created, point.count);
        let quantile = |&(quantile, value): &(f64, f64)| ValueAtQuantile { quantile, value };
        let point = SummaryDataPoint {
            attributes: self.attributes(labels),
            start_time_unix_nano: start,
            time_unix_nano: self.now,
            count: point.count,
            sum: point.sum,
            quantile_values: point.quantiles.iter().map(quantile).collect(),
            ..SummaryDataPoint::default()
        };
        let data = self.data(|data| matches!(data, Data::Summary(_)), || Data::Summary(Summary::default()));
        if let Some(Data::Summary(summary)) = data {
            summary.data_points.push(point);
        }
    }

    fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
        for (at, state) in states.iter().enumerate() {
            let mut attributes = self.attributes(labels);
            attributes.push(attribute(&self.family.name, state));
            self.gauge(attributes, Number::U64(u64::from(at == current)));
        }
    }
}

/// Now, in nanoseconds since the beginning of 1970.
pub(crate) fn now() -> u64 {
    nanoseconds(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default())
}
