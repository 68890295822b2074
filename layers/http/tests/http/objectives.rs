//! Objectives of routes: what is declared, and what is refused.

use std::{error::Error, time::Duration};

use tallymark::LabelSet;
use tallymark::{
    Naming, Slo,
    registry::{self, ObjectiveDescriptor, ObjectiveMeasure, SeriesSelector},
};
use tallymark_http::{BuildError, Builder, HttpFamily, builder};

const CHECKOUT: Slo = Slo::new().success(99.9).latency(Duration::from_millis(250), 99.0);

fn objectives(family: &str) -> Vec<ObjectiveDescriptor> {
    let families = registry::descriptors();
    let family = families.into_iter().find(|found| found.name == family).expect("it is declared");
    family.objectives
}

#[test]
fn objectives_belong_to_the_families_of_the_layer() {
    // Twice, as two layers of one namespace are.
    for _ in 0..2 {
        let built = builder().namespace("promised").objective("/orders/{id}", CHECKOUT).build();
        assert!(built.is_ok(), "{built:?}");
    }
    let [success] = &objectives("promised_http_requests_total")[..] else { panic!("there is one") };
    assert_eq!((success.name.as_str(), success.target), ("promised_http_orders_id", 99.9));
    let all = SeriesSelector::new("promised_http_requests_total").equal("route", "/orders/{id}");
    let expected = ObjectiveMeasure::Success { errors: all.clone().matching("status", "5.."), total: all };
    assert_eq!(success.measure, expected);
    let [latency] = &objectives("promised_http_request_duration_seconds")[..] else { panic!("there is one") };
    assert_eq!((latency.name.as_str(), latency.target), ("promised_http_orders_id_latency", 99.0));
    assert!(matches!(latency.measure, ObjectiveMeasure::Latency { limit: 0.25, .. }), "{latency:?}");
}

#[test]
fn names_of_django_have_a_label_for_the_view() {
    let slo = Slo::new().latency(Duration::from_millis(750), 99.0);
    let built =
        builder().namespace("promised_django").naming(Naming::Django).objective("/orders/{id}", slo).build();
    assert!(built.is_ok(), "{built:?}");
    let family = "promised_django_django_http_requests_latency_seconds_by_view_method";
    let [latency] = &objectives(family)[..] else { panic!("there is one") };
    assert_eq!(latency.measure.events(), &SeriesSelector::new(family).equal("view", "/orders/{id}"));
}

fn refused(builder: Builder) -> (BuildError, String) {
    let error = builder.build().map(drop).expect_err("it is refused");
    let text = format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
    (error, text)
}

#[test]
fn what_cannot_be_tracked_is_refused() {
    let of = |slo| builder().namespace("promised_refused").objective("/orders", slo);
    let latency = |millis| Slo::new().latency(Duration::from_millis(millis), 99.0);
    for (slo, says) in [
        (Slo::new(), "it promises nothing"),
        (Slo::new().success(100.0), "100 is no percentage"),
        (Slo::new().success(f64::NAN), "NaN is no percentage"),
        (Slo::new().latency(Duration::from_millis(250), 0.0), "0 is no percentage"),
        (
            latency(300),
            "`300ms` is no edge of a bucket, so that nothing counts what takes no longer: write `250ms` or `500ms`",
        ),
        (latency(60_000), "write `10s`, the nearest edge"),
    ] {
        let (error, text) = refused(of(slo));
        assert!(matches!(&error, BuildError::Objective { route, .. } if route == "/orders"), "{error:?}");
        assert!(text.contains(says) && text.contains("`/orders`"), "{text}");
    }
    let (error, text) = refused(of(CHECKOUT).without([HttpFamily::Duration]));
    assert!(matches!(error, BuildError::ObjectiveFamily { family: HttpFamily::Duration, .. }));
    assert!(text.contains("`HttpFamily::Duration`"), "{text}");
    let (_, text) = refused(builder().objective("orders", CHECKOUT));
    assert!(text.starts_with("`objective`: `orders` must start with `/`: write `/orders`"), "{text}");
    // Nothing of it is declared.
    let names = registry::descriptors().into_iter().flat_map(|family| family.objectives);
    assert!(names.into_iter().all(|objective| !objective.name.contains("refused")));
}

#[test]
fn buckets_that_were_chosen_decide() {
    let buckets = [0.3, 3.0];
    let good = Slo::new().latency(Duration::from_millis(300), 99.0);
    let built = builder().namespace("promised_own").duration_buckets(&buckets).objective("/", good).build();
    assert!(built.is_ok(), "{built:?}");
    let (_, text) =
        refused(builder().namespace("promised_other").duration_buckets(&buckets).objective("/", CHECKOUT));
    assert!(text.ends_with("write `300ms`, the nearest edge"), "{text}");
    // Nothing is declared of a layer that is switched off, so that nothing is refused either.
    let off = builder().namespace("promised_off").enabled(false).objective("/", CHECKOUT).build();
    assert!(off.is_ok(), "{off:?}");
}

/// The names of labels are the application's business if it says so.
#[test]
fn endless_labels_are_taken_if_they_are_allowed() {
    #[derive(LabelSet)]
    struct Tenant {
        #[label(allow(cardinality))]
        path: bool,
    }

    let built = builder().namespace("endless").labels(|_| Tenant { path: true }).build();
    assert!(built.is_ok(), "{built:?}");
}
