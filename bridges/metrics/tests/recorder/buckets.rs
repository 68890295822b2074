//! Which buckets a histogram has.

use metrics::Recorder as _;
use tallymark_metrics::{Matcher, Recorder};

use crate::{METADATA, key, shown};

#[test]
fn a_full_name_comes_before_a_prefix_and_a_prefix_before_a_suffix() {
    let recorder = Recorder::builder()
        .buckets_for(Matcher::Full("buckets.testing foo".to_owned()), &[25.0, 115.0])
        .and_then(|builder| {
            builder.buckets_for(Matcher::Prefix("buckets.testing".to_owned()), &[15.0, 105.0])
        })
        .and_then(|builder| builder.buckets_for(Matcher::Prefix("buckets.testing.in".to_owned()), &[16.0]))
        .and_then(|builder| builder.buckets_for(Matcher::Suffix("foo".to_owned()), &[20.0, 110.0]))
        .and_then(|builder| builder.buckets(&[10.0, 100.0]))
        .expect("bounds that are sorted")
        .build();
    for (name, shown_as, value, first) in [
        ("buckets.testing_foo", "buckets_testing_foo", 25.0, "25"),
        ("buckets.testing_bar", "buckets_testing_bar", 15.0, "15"),
        ("buckets.testing.in", "buckets_testing_in", 16.0, "16"),
        ("buckets_testin_foo", "buckets_testin_foo", 20.0, "20"),
        ("buckets.wee", "buckets_wee", 10.0, "10"),
    ] {
        recorder.register_histogram(&key(name, &[]), &METADATA).record(value);
        let text = shown(shown_as);
        let first = format!("# TYPE {shown_as} histogram\n{shown_as}_bucket{{le=\"{first}\"}} 1\n");
        assert!(text.starts_with(&first), "{text}");
    }
}

#[test]
fn bounds_that_are_none_are_an_error() {
    for bounds in [&[1.0, 1.0][..], &[f64::NAN], &[2.0, 1.0], &[f64::INFINITY]] {
        assert!(Recorder::builder().buckets(bounds).is_err(), "{bounds:?}");
        assert!(Recorder::builder().buckets_for(Matcher::Full("x".to_owned()), bounds).is_err());
    }
}
