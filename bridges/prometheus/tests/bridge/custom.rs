//! A collector that an application wrote for the `prometheus` crate.

use prometheus::{
    core::{Collector, Desc},
    proto::{LabelPair, Metric, MetricFamily, MetricType, Quantile, Summary},
};

/// Hands over what it was made with.
pub(crate) struct Custom(pub(crate) Vec<MetricFamily>);

impl Collector for Custom {
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.0.clone()
    }
}

pub(crate) fn family(name: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help("Custom.".to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Vec<LabelPair> {
    let pair = |&(name, value): &(&str, &str)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value.to_owned());
        pair
    };
    pairs.iter().map(pair).collect()
}

pub(crate) fn summary(count: u64, sum: f64, quantiles: &[(f64, f64)]) -> Metric {
    let mut summary = Summary::default();
    summary.set_sample_count(count);
    summary.set_sample_sum(sum);
    let quantile = |&(quantile, value): &(f64, f64)| {
        let mut shown = Quantile::default();
        shown.set_quantile(quantile);
        shown.set_value(value);
        shown
    };
    summary.set_quantile(quantiles.iter().map(quantile).collect());
    let mut metric = Metric::from_label(labels(&[("job", "nightly")]));
    metric.set_summary(summary);
    metric
}
