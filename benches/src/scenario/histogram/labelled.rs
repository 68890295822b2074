//! Histograms with one label of any text, looked up at each call.

use std::sync::Arc;

use ::prometheus_client::metrics::family::Family;
use foundations_metrics::NamedMetric;
use tallymark_benches::{
    hand::{histogram as by_hand, table},
    harness::contender::{Built, Contender, unchecked},
    input::{BOUNDS, route, value},
    peer::{self, HELP},
};

use crate::{
    operation::observation::{exposed, labelled, routes, values},
    ours,
};

pub const LIMIT: &str = "thread-local hash table, label compared, quarter octaves";

/// Where in the block the limit row counts.
const FIRST: usize = 64;

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::histogram_str();
    all.extend(peers());
    all.push(Contender::limit("(the label, the value and no histogram)", || {
        Built::handle(
            (routes(), values()),
            |(routes, values), i| _ = std::hint::black_box((route(routes, i), value(values, i))),
            |_, done| unchecked(done),
        )
    }));
    all.push(Contender::limit(LIMIT, || {
        let first = &*by_hand::FIRST;
        let op = move |route: &'static str, value: f64| {
            let slot = FIRST + table::slot([route, "-"], true) * by_hand::CELLS;
            by_hand::observe_four(slot, by_hand::bucket_by_table(first, &BOUNDS, value), value);
        };
        labelled(
            (),
            move |(), route, value| op(route, value),
            |()| {
                table::slots().into_iter().fold((0, 0.0), |(count, sum), slot| {
                    let one = by_hand::read(FIRST + slot * by_hand::CELLS);
                    (count + one.0, sum + one.1)
                })
            },
        )
    }));
    all
}

fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus with_label_values", || {
            let family = peer::prometheus::histograms("bench_h", &["route"]);
            let registry = prometheus::Registry::new();
            registry.register(Box::new(family.clone())).expect("a new name");
            labelled(
                family,
                |it, route, value| it.with_label_values(&[route]).observe(value),
                move |_| exposed(&peer::opentelemetry::text(&registry)),
            )
        }),
        Contender::peer("measured HistogramVec, paracord", || {
            let set = peer::measured::RouteSet::default();
            let thresholds = peer::measured::thresholds();
            let family = Arc::new(measured::HistogramVec::with_label_set_and_metadata(set, thresholds));
            labelled(
                family,
                |it, route, value| it.observe(peer::measured::Route { route }, value),
                |it| exposed(&peer::measured::rendered(&**it, "bench_h")),
            )
        }),
        Contender::peer("fastmetrics Family, String label", || {
            use peer::fastmetrics::Route;
            let make = peer::fastmetrics::histogram;
            let family = fastmetrics::metrics::family::Family::<
                Route,
                fastmetrics::metrics::histogram::Histogram,
            >::new(make);
            let mut registry = fastmetrics::registry::Registry::default();
            registry.register("bench_h", HELP, family.clone()).expect("a new name");
            labelled(
                family,
                |it, route, value| {
                    it.with_or_new(&Route { route: route.to_owned() }, |metric| metric.observe(value));
                },
                move |_| {
                    let mut text = String::new();
                    let profile = fastmetrics::format::text::TextProfile::default();
                    fastmetrics::format::text::encode(&mut text, &registry, profile).expect("a string");
                    exposed(&text)
                },
            )
        }),
        Contender::peer("prometheus-client Family, String label", || {
            use peer::prometheus_client::{Histograms, Route, histogram};
            let family: Histograms<Route> = Family::new_with_constructor(histogram);
            let mut registry = prometheus_client::registry::Registry::default();
            registry.register("bench_h", HELP, family.clone());
            labelled(
                family,
                |it, route, value| it.get_or_create(&Route { route: route.to_owned() }).observe(value),
                move |_| {
                    let mut text = String::new();
                    prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string");
                    exposed(&text)
                },
            )
        }),
        Contender::peer("foundations-metrics Family, String label", || {
            use peer::foundations::{Histograms, Route, histograms};
            let family: Histograms<Route> = foundations_metrics::Family::new_with_constructor(histograms());
            peer::foundations::put(NamedMetric::new("bench_h", HELP, family.clone()));
            labelled(
                family,
                |it, route, value| it.get_or_create(&Route { route: route.to_owned() }).observe(value),
                |_| exposed(&peer::foundations::text()),
            )
        }),
        Contender::peer("metered Family, String label", || {
            use peer::metered::{Histograms, Route, histogram};
            let make: fn() -> metered::bucket_histogram::BucketHistogram = histogram;
            let family: Arc<Histograms<Route>> = Arc::new(metered::Family::new_with_constructor(make));
            labelled(
                family,
                |it, route, value| {
                    _ = it.with(&Route { route: route.to_owned() }, |metric| metric.observe(value))
                },
                |it| {
                    let (mut count, mut sum) = (0, 0.0);
                    it.for_each_series(&[], |_, metric| {
                        count += metric.count();
                        sum += metric.sum();
                    });
                    (count, sum)
                },
            )
        }),
        Contender::peer("opentelemetry String attribute", || {
            use ::opentelemetry::KeyValue;
            let (provider, meter, registry) = peer::opentelemetry::provider(100);
            let histogram = peer::opentelemetry::histogram(&meter, "bench_h".to_owned());
            labelled(
                histogram,
                |it, route, value| it.record(value, &[KeyValue::new("route", route.to_owned())]),
                move |_| {
                    let _alive = provider;
                    exposed(&peer::opentelemetry::text(&registry))
                },
            )
        }),
        Contender::peer("metrics histogram! String label, upkeep counted", || {
            let recorder = peer::metrics::recorder();
            Built::handle(
                (routes(), values()),
                move |(routes, values), i| {
                    let route = route(routes, i).to_owned();
                    metrics::histogram!("labelled_seconds", "route" => route).record(value(values, i));
                    if i % values.len() == 0 {
                        recorder.run_upkeep();
                    }
                },
                |_, done| done.count(peer::metrics::rendered("labelled_seconds_count") as u64),
            )
        }),
    ]
}
