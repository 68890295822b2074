//! What is declared while the program runs.

use super::*;
use crate::{Counter, FloatCounter, Gauge, Histogram, buckets, registry, snapshot::Value};

#[test]
fn a_declaration_is_shown_and_found_again() {
    let declaration = || Declaration::new("declared_things_total", "Things.", place!());
    let things: &'static Counter = declaration().declare(Counter::new).expect("a good name");
    things.inc_by(2);
    let again: &'static Counter = declaration().declare(Counter::new).expect("the same");
    assert!(std::ptr::eq(things, again));
    let snapshot = registry::snapshot();
    let family = snapshot.family("declared_things_total").expect("it is shown");
    assert_eq!(family.help, "Things.");
    assert!(
        matches!(family.series[0].value, Value::Number(number) if number.as_f64().to_bits() == 2.0_f64.to_bits())
    );
}

#[test]
fn what_differs_is_an_error_that_names_both_places() {
    let declaration = || Declaration::new("declared_size_bytes", "Sizes.", place!()).unit("bytes");
    declaration().declare(|| Histogram::<()>::new(buckets![1.0, 2.0])).expect("a good name");
    declaration().declare(|| Histogram::<()>::new(buckets![1.0, 2.0])).expect("the same");
    let buckets = declaration().declare(|| Histogram::<()>::new(buckets![1.0])).map(drop);
    let kind = declaration().declare(Gauge::<()>::new).map(drop);
    let counter = || Declaration::new("declared_differently_total", "Things.", place!());
    counter().declare(Counter::<()>::new).expect("a good name");
    let elsewhere = Declaration::new("declared_differently_total", "Things.", place!());
    let numbers = elsewhere.declare(FloatCounter::<()>::new).map(drop);
    let expected = [("settings", 1, buckets), ("kind", 1, kind), ("type", 2, numbers)];
    for (difference, places, error) in expected {
        let error = error.expect_err("it differs").to_string();
        assert_eq!(error.matches("declare/tests.rs:").count(), places, "{error}");
        assert!(error.contains(&format!("with different {difference}")), "{error}");
    }
}

#[test]
fn a_namespace_that_is_none_is_named_as_such() {
    for namespace in ["", "My-App", "shop_", "9lives"] {
        let declaration = Declaration::new("declared_jobs_total", "Jobs.", place!()).namespace(namespace);
        let error = declaration.declare(Counter::<()>::new).map(drop).expect_err("no namespace");
        assert_eq!(error, DeclareError::Namespace { namespace: namespace.to_owned() });
        assert!(
            error.to_string().starts_with(&format!("`{namespace}` cannot begin the name of a metric: ")),
            "{error}"
        );
    }
}

#[test]
fn rules_hold_unless_the_name_is_exact() {
    let refused = Declaration::new("declared_jobs", "Jobs.", place!()).declare(Counter::<()>::new).map(drop);
    let Err(DeclareError::Name { rule, .. }) = refused else { panic!("{refused:?}") };
    assert!(rule.contains("_total"), "{rule}");
    assert!(!rule.contains("allow("), "attributes have it, and nobody else: {rule}");
    Declaration::new("declared_jobs", "Jobs.", place!())
        .exact()
        .declare(Counter::<()>::new)
        .expect("as asked for");
    let spelled = Declaration::new("declared jobs", "Jobs.", place!()).exact().declare(Counter::<()>::new);
    assert!(spelled.is_err());
}

#[test]
fn any_characters_make_a_name_if_that_is_asked_for() {
    let declaration = |name: &str| Declaration::new(name, "Jobs.", place!());
    assert!(declaration("declared.utf8.jobs").declare(Counter::<()>::new).is_err());
    assert!(declaration("declared.utf8.jobs").exact().declare(Counter::<()>::new).is_err());
    assert!(declaration("").utf8().declare(Counter::<()>::new).is_err());
    assert!(declaration("a\0b").utf8().declare(Counter::<()>::new).is_err());
    let jobs: &'static Counter =
        declaration("declared.utf8.jobs").utf8().declare(Counter::new).expect("asked for");
    jobs.inc();
    assert_eq!(registry::snapshot().counter("declared.utf8.jobs", &[]), Some(1));
    let names = registry::Selection::of(["declared.utf8.jobs"]);
    let request = registry::Request::new(registry::Format::Text004).names(names);
    assert!(registry::encode_to_string(request).ends_with("\ndeclared_utf8_jobs 1\n"));
}
