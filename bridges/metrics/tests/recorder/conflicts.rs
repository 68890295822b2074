//! Names that others have, and what there is no room for.

use metrics::Recorder as _;
use tallymark::{Counter, Gauge, place, registry::Declaration};
use tallymark_metrics::{InstallError, Recorder};

use crate::{METADATA, key, recorder, rejected, shown};

#[test]
fn a_name_of_another_kind_is_counted_as_rejected() {
    let recorder = recorder();
    recorder.register_counter(&key("conflicts.kind", &[]), &METADATA).increment(1);
    let before = rejected("kind");
    recorder.register_gauge(&key("conflicts.kind", &[]), &METADATA).set(5.0);
    recorder.register_histogram(&key("conflicts_kind", &[("a", "b")]), &METADATA).record(5.0);
    assert_eq!(rejected("kind"), before + 2);
    assert_eq!(shown("conflicts_kind"), "# TYPE conflicts_kind counter\nconflicts_kind 1\n");

    let levels: &Gauge =
        Declaration::new("conflicts_levels", "Levels.", place!()).declare(Gauge::new).unwrap();
    levels.set(2.0);
    for _ in 0..3 {
        recorder.register_counter(&key("conflicts.levels", &[]), &METADATA).increment(1);
    }
    assert_eq!(rejected("kind"), before + 5);
    assert!(shown("conflicts_levels").ends_with("\nconflicts_levels 2\n"));
}

#[test]
fn a_name_that_a_layer_has_declared_is_counted_as_rejected() {
    let jobs: &Counter =
        Declaration::new("conflicts_jobs_total", "Jobs.", place!()).declare(Counter::new).unwrap();
    jobs.inc();
    let before = rejected("declared");
    recorder().register_counter(&key("conflicts_jobs_total", &[]), &METADATA).increment(1);
    assert_eq!(rejected("declared"), before + 1);
    assert!(shown("conflicts_jobs_total").ends_with("\nconflicts_jobs_total 1\n"));
}

#[test]
fn limits_hold() {
    let recorder = Recorder::builder().max_names(1).build();
    let (names, labels, name) = (rejected("names"), rejected("labels"), rejected("name"));
    recorder.register_counter(&key("conflicts.first", &[]), &METADATA).increment(1);
    for other in ["conflicts.second", "conflicts.third"] {
        recorder.register_counter(&key(other, &[]), &METADATA).increment(1);
        recorder.describe_counter(other.into(), None, "Text.".into());
    }
    assert_eq!((rejected("names"), shown("conflicts_second")), (names + 2, String::new()));

    let many: Vec<String> = (0..17).map(|at| format!("l{at}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "x")).collect();
    recorder.register_counter(&key("conflicts.first", &many), &METADATA).increment(1);
    recorder.register_counter(&key("conflicts.first", &many[..16]), &METADATA).increment(1);
    assert_eq!(rejected("labels"), labels + 1);
    for at in 0..100 {
        let label = format!("set{at}");
        recorder.register_counter(&key("conflicts.first", &[(&label, "x")]), &METADATA).increment(1);
    }
    // One set was there without labels, and one with sixteen.
    assert_eq!(rejected("labels"), labels + 1 + 100 - 62);

    Recorder::builder().build().register_counter(&key("", &[]), &METADATA).increment(1);
    assert_eq!(rejected("name"), name + 1);
}

#[test]
fn one_recorder_is_that_of_the_program() {
    tallymark_metrics::install().expect("the first");
    metrics::counter!("conflicts.installed", "a" => "b").increment(2);
    assert!(shown("conflicts_installed").ends_with("\nconflicts_installed{a=\"b\"} 2\n"));
    let error = tallymark_metrics::install().expect_err("there is one");
    assert_eq!(error, InstallError::Installed);
    assert!(error.to_string().contains("already"), "{error}");
}
