//! More points than one request may have. By itself, since these are in all exports of the program.

#[path = "export/receiver.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod receiver;

use opentelemetry_proto::tonic::metrics::v1::{Metric, metric::Data};
use receiver::{Receiver, Reply};
use tallymark_core::registry;
use tallymark_otlp::builder;

fn points(metric: &Metric) -> usize {
    match metric.data.as_ref().expect("a metric has data") {
        Data::Gauge(gauge) => gauge.data_points.len(),
        Data::Sum(sum) => sum.data_points.len(),
        Data::Histogram(histogram) => histogram.data_points.len(),
        Data::ExponentialHistogram(histogram) => histogram.data_points.len(),
        Data::Summary(summary) => summary.data_points.len(),
    }
}

#[test]
fn many_points_are_sent_in_several_requests() {
    struct Many;

    impl registry::Collector for Many {
        fn name(&self) -> &'static str {
            "many"
        }

        fn collect(&self, families: &mut registry::Families) -> Result<(), registry::CollectError> {
            let mut family = families.gauge("many_things", "Things.");
            for at in 0..20_000_u64 {
                family.number(&[("at", &at.to_string())], at);
            }
            Ok(())
        }
    }
    let receiver = Receiver::new(|_| Reply::ok());
    let registration = registry::register_collector(Many);
    let exported = builder()
        .endpoint(receiver.endpoint())
        .build()
        .expect("good settings")
        .export()
        .expect("it is taken");
    drop(registration);
    let requests = receiver.requests();
    assert!(requests.len() >= 3, "{} requests for {exported:?}", requests.len());
    let counts: Vec<usize> =
        requests.iter().map(|request| request.metrics("many_things").iter().map(points).sum()).collect();
    assert_eq!(counts.iter().sum::<usize>(), 20_000);
    for request in &requests {
        let metrics = request.message().resource_metrics.remove(0).scope_metrics.remove(0).metrics;
        assert!(metrics.iter().map(points).sum::<usize>() <= 8_192);
        assert_eq!(
            request.message().resource_metrics[0].resource,
            requests[0].message().resource_metrics[0].resource
        );
    }
}
