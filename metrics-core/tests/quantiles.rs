//! Quantiles of summaries, as each format shows them.

#![cfg(feature = "quantiles")]

use std::time::Duration;

use tallymark_core::{
    Labelled, Quantiles, Summary, place,
    registry::{Declaration, DeclareError, Format, Registry},
    snapshot::Value,
};

fn summary() -> Summary {
    Summary::new().quantiles(Quantiles::new(&[0.5, 1.0]).window(Duration::from_secs(3600)))
}

fn declare(registry: Registry, name: &str) -> &'static Labelled<Summary> {
    let declaration = Declaration::new(name, "Sizes of replies.", place!()).registry(registry);
    declaration.labels(["route"]).declare(summary).expect("a good name")
}

#[test]
fn text_and_openmetrics() {
    let registry = Registry::new();
    let replies = declare(registry, "quantiles_reply_bytes");
    let home = replies.with(&["home"]);
    for size in [0.0, 0.0, 8.0] {
        home.observe(size);
    }
    home.observe(f64::NAN);
    let help = "# HELP quantiles_reply_bytes Sizes of replies. Quantiles are of one process in the last 60 minutes, and cannot be \
                aggregated.\n";
    let text = registry.encode_to_string(Format::Text004);
    let expected = format!(
        "{help}# TYPE quantiles_reply_bytes summary\n\
         quantiles_reply_bytes{{route=\"home\",quantile=\"0.5\"}} 0\n\
         quantiles_reply_bytes{{route=\"home\",quantile=\"1\"}} 8\n\
         quantiles_reply_bytes_sum{{route=\"home\"}} 8\n\
         quantiles_reply_bytes_count{{route=\"home\"}} 3\n"
    );
    assert_eq!(text, expected);
    let text = registry.encode_to_string(Format::OpenMetrics100);
    assert!(text.contains("quantiles_reply_bytes{route=\"home\",quantile=\"1.0\"} 8\n"), "{text}");
    assert_eq!(registry.descriptors()[0].quantiles, [0.5, 1.0]);
    assert!(registry.descriptors()[0].help.ends_with("cannot be aggregated."));
    assert_eq!(registry.descriptors()[0].samples_per_series(), 4);
}

/// Source: OpenMetrics 1.0, "Summary".
#[test]
fn openmetrics_has_neither_negative_quantiles_nor_a_negative_sum() {
    let registry = Registry::new();
    let changes = declare(registry, "quantiles_change_bytes").with(&["home"]);
    for change in [-8.0, -2.0, 4.0] {
        changes.observe(change);
    }
    let text = registry.encode_to_string(Format::OpenMetrics100);
    let samples: Vec<&str> = text.lines().filter(|line| line.starts_with("quantiles_")).collect();
    let [greatest, count] = samples.as_slice() else { panic!("{text}") };
    assert!(greatest.starts_with("quantiles_change_bytes{route=\"home\",quantile=\"1.0\"} 4"), "{text}");
    assert_eq!(*count, "quantiles_change_bytes_count{route=\"home\"} 3");
    let text = registry.encode_to_string(Format::Text004);
    assert!(text.contains("quantile=\"0.5\"} -") && text.contains("_sum{route=\"home\"} -6\n"), "{text}");
}

#[test]
fn nothing_observed_is_nan_and_a_series_that_returns_begins_again() {
    let registry = Registry::new();
    let replies = declare(registry, "quantiles_returning_bytes");
    let home = replies.with(&["home"]);
    assert!(home.get().quantiles().iter().all(|(_, value)| value.is_nan()));
    let text = registry.encode_to_string(Format::Text004);
    assert!(text.contains("{route=\"home\",quantile=\"0.5\"} NaN\n"), "{text}");
    home.observe(100.0);
    assert!(replies.remove(&["home"]));
    assert!(!registry.encode_to_string(Format::Text004).contains("home"));
    home.observe(8.0);
    let snapshot = registry.snapshot();
    let Value::Summary(seen) = &snapshot.families()[0].series[0].value else { panic!("a summary") };
    assert_eq!((seen.count, seen.quantiles[1]), (1, (1.0, 8.0)));
}

/// A place that is given to other labels has nothing of those before.
#[test]
fn series_that_come_and_go_do_not_mix() {
    let registry = Registry::new();
    let replies = declare(registry, "quantiles_going_bytes");
    for round in 1..=5000_u32 {
        let route = format!("r{round}");
        let series = replies.with(&[&route]);
        series.observe(f64::from(round));
        assert_eq!(series.get().quantiles()[1], (1.0, f64::from(round)));
        assert!(replies.remove(&[&route]));
    }
}

#[test]
fn another_declaration_has_the_same_quantiles() {
    let registry = Registry::new();
    declare(registry, "quantiles_again_bytes");
    let again = |make: fn() -> Summary| {
        let declaration = Declaration::new("quantiles_again_bytes", "Sizes of replies.", place!());
        declaration.registry(registry).labels(["route"]).declare(make).map(drop)
    };
    assert_eq!(again(summary), Ok(()));
    assert!(matches!(again(Summary::new), Err(DeclareError::Differs { .. })));
}
