//! Names, labels, help texts and units.

use metrics::{KeyName, Recorder as _, Unit};
use tallymark::registry::Format;
use tallymark_metrics::Recorder;

use crate::{METADATA, key, recorder, shown, shown_in};

#[test]
fn names_and_label_names_are_replaced_and_values_kept() {
    let recorder = recorder();
    let name = "names yee_haw:lets go";
    recorder.describe_counter(name.into(), None, "\"Simplë stuff.\nRëally.\"".into());
    let labels = [("øhno", "\"yeet\nies\\\""), ("1st", "größe"), ("a.b", "x")];
    recorder.register_counter(&key(name, &labels), &METADATA).increment(1);
    let expected = "# HELP names_yee_haw:lets_go \"Simplë stuff.\\nRëally.\"\n\
                    # TYPE names_yee_haw:lets_go counter\n\
                    names_yee_haw:lets_go{_hno=\"\\\"yeet\\nies\\\\\\\"\",_st=\"größe\",a_b=\"x\"} 1\n";
    assert_eq!(shown("names_yee_haw:lets_go"), expected);
}

#[test]
fn names_that_are_the_same_then_are_one_metric() {
    let recorder = recorder();
    for name in ["names.same", "names_same", "names same"] {
        recorder.register_counter(&key(name, &[("a.b", "1")]), &METADATA).increment(1);
    }
    recorder.register_counter(&key("names.same", &[("a b", "1")]), &METADATA).increment(1);
    assert_eq!(shown("names_same"), "# TYPE names_same counter\nnames_same{a_b=\"1\"} 4\n");
}

#[test]
fn labels_that_belong_to_prometheus_or_come_twice() {
    let recorder = recorder();
    let labels = [("le", "1"), ("__name__", "2"), ("a", "3"), ("a", "4")];
    recorder.register_counter(&key("names_reserved", &labels), &METADATA).increment(1);
    let expected = "names_reserved{exported_le=\"1\",exported_name__=\"2\",a=\"4\"} 1\n";
    assert!(shown("names_reserved").ends_with(expected), "{}", shown("names_reserved"));
}

#[test]
fn what_is_described_before_and_later_is_shown() {
    let recorder = recorder();
    recorder.describe_gauge(KeyName::from("names.early_bytes"), Some(Unit::Bytes), "Early.".into());
    recorder.register_gauge(&key("names.early_bytes", &[]), &METADATA).set(1.0);
    recorder.register_gauge(&key("names.late_seconds", &[]), &METADATA).set(1.0);
    assert!(!shown("names_late_seconds").contains("HELP"));
    recorder.describe_gauge(KeyName::from("names.late_seconds"), Some(Unit::Seconds), "Late.".into());
    for (name, help, unit) in
        [("names_early_bytes", "Early.", "bytes"), ("names_late_seconds", "Late.", "seconds")]
    {
        let expected =
            format!("# HELP {name} {help}\n# TYPE {name} gauge\n# UNIT {name} {unit}\n{name} 1\n# EOF\n");
        assert_eq!(shown_in(Format::OpenMetrics100, name), expected);
    }
    recorder.describe_gauge(KeyName::from("names.late_seconds"), None, "Later.".into());
    assert!(shown("names_late_seconds").starts_with("# HELP names_late_seconds Later.\n"));
}

#[test]
fn a_counter_keeps_its_name_in_every_format() {
    recorder().register_counter(&key("names.hits", &[]), &METADATA).increment(1);
    assert_eq!(shown("names_hits"), "# TYPE names_hits counter\nnames_hits 1\n");
    assert_eq!(
        shown_in(Format::OpenMetrics100, "names_hits"),
        "# TYPE names_hits unknown\nnames_hits 1\n# EOF\n"
    );
}

#[test]
fn recommended_names_have_units_and_total() {
    let recorder = Recorder::builder().recommended_naming(true).build();
    for (name, unit, shown_as) in [
        ("names_plain", None, "names_plain_total"),
        ("names_unit", Some(Unit::Bytes), "names_unit_bytes_total"),
        ("names_foo_total", Some(Unit::Bytes), "names_foo_bytes_total"),
        ("names_bar_bytes_total", Some(Unit::Bytes), "names_bar_bytes_total"),
        ("names_things", Some(Unit::Count), "names_things_total"),
    ] {
        recorder.describe_counter(name.into(), unit, "Some help.".into());
        recorder.register_counter(&key(name, &[]), &METADATA).increment(42);
        let expected = format!("# HELP {shown_as} Some help.\n# TYPE {shown_as} counter\n{shown_as} 42\n");
        assert_eq!(shown(shown_as), expected);
    }
    recorder.describe_gauge("names_gauge_bytes".into(), Some(Unit::Bytes), "A gauge.".into());
    recorder.register_gauge(&key("names_gauge_bytes", &[]), &METADATA).set(42.0);
    assert!(shown("names_gauge_bytes").ends_with("\nnames_gauge_bytes 42\n"));
}
