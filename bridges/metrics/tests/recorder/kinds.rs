//! Counters, gauges and histograms.

use metrics::Recorder as _;

use crate::{METADATA, key, recorder, rejected, shown};

#[test]
fn each_kind_is_shown() {
    let recorder = recorder();
    recorder.register_counter(&key("kinds_counter", &[]), &METADATA).increment(42);
    assert_eq!(shown("kinds_counter"), "# TYPE kinds_counter counter\nkinds_counter 42\n");

    let labels = [("wutang", "forever")];
    recorder.register_gauge(&key("kinds_gauge", &labels), &METADATA).set(-3.25);
    assert_eq!(shown("kinds_gauge"), "# TYPE kinds_gauge gauge\nkinds_gauge{wutang=\"forever\"} -3.25\n");

    let recorder = tallymark_metrics::Recorder::builder().buckets(&[10.0, 20.0]).unwrap().build();
    recorder.register_histogram(&key("kinds_histogram", &[]), &METADATA).record(12.0);
    let expected = "# TYPE kinds_histogram histogram\n\
                    kinds_histogram_bucket{le=\"10\"} 0\n\
                    kinds_histogram_bucket{le=\"20\"} 1\n\
                    kinds_histogram_bucket{le=\"+Inf\"} 1\n\
                    kinds_histogram_sum 12\n\
                    kinds_histogram_count 1\n";
    assert_eq!(shown("kinds_histogram"), expected);
}

#[test]
fn what_is_only_registered_is_shown_at_zero() {
    let recorder = recorder();
    let _ = recorder.register_counter(&key("kinds_idle_counter", &[]), &METADATA);
    let _ = recorder.register_gauge(&key("kinds_idle_gauge", &[("a", "b")]), &METADATA);
    let _ = recorder.register_histogram(&key("kinds_idle_histogram", &[]), &METADATA);
    assert!(shown("kinds_idle_counter").ends_with("\nkinds_idle_counter 0\n"));
    assert!(shown("kinds_idle_gauge").ends_with("\nkinds_idle_gauge{a=\"b\"} 0\n"));
    assert!(shown("kinds_idle_histogram").ends_with("\nkinds_idle_histogram_count 0\n"));
}

#[test]
fn a_counter_takes_the_largest_absolute_value_and_increments() {
    let recorder = recorder();
    let counter = recorder.register_counter(&key("kinds_absolute", &[("a", "b")]), &METADATA);
    let now = || shown("kinds_absolute").rsplit_once(' ').map(|(_, value)| value.trim().to_owned()).unwrap();
    counter.absolute(10);
    counter.absolute(7);
    assert_eq!(now(), "10");
    counter.increment(5);
    counter.absolute(12);
    assert_eq!(now(), "15");
    counter.absolute(u64::MAX);
    assert_eq!(now(), u64::MAX.to_string());
}

#[test]
fn a_counter_is_raised_once_by_all_threads() {
    let recorder = recorder();
    let counter = recorder.register_counter(&key("kinds_raised", &[]), &METADATA);
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let counter = counter.clone();
            scope.spawn(move || (0..1_000).for_each(|at| counter.absolute(at * 4 + thread)));
        }
    });
    assert!(shown("kinds_raised").ends_with("\nkinds_raised 3999\n"), "{}", shown("kinds_raised"));
}

#[test]
fn a_gauge_goes_up_and_down() {
    let gauge = recorder().register_gauge(&key("kinds_up_down", &[]), &METADATA);
    gauge.set(1.5);
    gauge.increment(2.0);
    gauge.decrement(5.0);
    assert!(shown("kinds_up_down").ends_with("\nkinds_up_down -1.5\n"));
}

#[test]
fn many_records_cost_as_much_as_one() {
    let recorder = tallymark_metrics::Recorder::builder().buckets(&[1.0]).unwrap().build();
    let histogram = recorder.register_histogram(&key("kinds_many", &[]), &METADATA);
    // Recorded one by one, this would take years.
    histogram.record_many(0.5, 1 << 50);
    histogram.record_many(2.0, 3);
    histogram.record_many(2.0, 0);
    let text = shown("kinds_many");
    assert!(text.contains(&format!("kinds_many_bucket{{le=\"1\"}} {}\n", 1_u64 << 50)), "{text}");
    assert!(text.contains(&format!("kinds_many_count {}\n", (1_u64 << 50) + 3)), "{text}");
    let sum = tallymark::registry::snapshot();
    let sum = sum.histogram("kinds_many", &[]).map(|histogram| histogram.sum);
    assert_eq!(sum, Some(((1_u64 << 49) + 6) as f64));
}

#[test]
fn what_is_no_number_is_shown_left_out_or_counted() {
    let recorder = tallymark_metrics::Recorder::builder().buckets(&[1.0]).unwrap().build();
    let gauge = recorder.register_gauge(&key("kinds_nan_gauge", &[]), &METADATA);
    gauge.set(f64::NAN);
    assert!(shown("kinds_nan_gauge").ends_with(" NaN\n"));
    gauge.set(f64::NEG_INFINITY);
    assert!(shown("kinds_nan_gauge").ends_with(" -Inf\n"));
    gauge.set(1.0);
    let before = rejected("value");
    gauge.increment(f64::NAN);
    gauge.decrement(f64::INFINITY);
    assert!(shown("kinds_nan_gauge").ends_with(" 1\n"));
    assert_eq!(rejected("value"), before + 2);

    let histogram = recorder.register_histogram(&key("kinds_nan_histogram", &[]), &METADATA);
    histogram.record(f64::NAN);
    histogram.record_many(f64::INFINITY, 2);
    histogram.record(0.5);
    let text = shown("kinds_nan_histogram");
    assert!(text.ends_with("kinds_nan_histogram_sum 0.5\nkinds_nan_histogram_count 3\n"), "{text}");
    let counted = tallymark::registry::snapshot();
    let counted =
        counted.counter("tallymark_rejected_observations_total", &[("metric", "kinds_nan_histogram")]);
    assert_eq!(counted, Some(3));
}
