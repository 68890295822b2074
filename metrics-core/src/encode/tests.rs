//! Whole expositions, byte for byte.

use super::{Encoder, Escaping, Format, sample_suffixes, stem};
use crate::{
    descriptor::Kind,
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
};

mod unusual;

const fn head<'a>(name: &'a str, help: &'a str, kind: Kind) -> Head<'a> {
    Head { name, help, kind, unit: None, constant: &[] }
}

#[track_caller]
fn assert_text(format: Format, write: impl Fn(&mut dyn Visitor), expected: &str) {
    let mut encoder = Encoder::new(format);
    write(&mut encoder);
    assert_eq!(String::from_utf8_lossy(&encoder.finish()), expected);
}

#[track_caller]
fn assert_both(write: impl Fn(&mut dyn Visitor), text: &str, openmetrics: &str) {
    assert_text(Format::Text004, &write, text);
    assert_text(Format::OpenMetrics100, &write, openmetrics);
}

#[test]
fn counters_keep_total_in_text_and_lose_it_in_openmetrics_heads() {
    assert_both(
        |to| {
            to.family(&head("orders_created_total", "Orders created.", Kind::Counter));
            to.number(Labels::NONE, Number::U64(1_027));
            to.family(&head("http_requests_total", "Requests.", Kind::Counter));
            to.number(Labels::new(&["method", "code"], &["post", "200"]), Number::U64(1_234_567));
            to.number(Labels::new(&["method", "code"], &["post", "400"]), Number::F64(0.5));
        },
        "# HELP orders_created_total Orders created.\n\
         # TYPE orders_created_total counter\n\
         orders_created_total 1027\n\
         # HELP http_requests_total Requests.\n\
         # TYPE http_requests_total counter\n\
         http_requests_total{method=\"post\",code=\"200\"} 1234567\n\
         http_requests_total{method=\"post\",code=\"400\"} 0.5\n",
        "# HELP orders_created Orders created.\n\
         # TYPE orders_created counter\n\
         orders_created_total 1027\n\
         # HELP http_requests Requests.\n\
         # TYPE http_requests counter\n\
         http_requests_total{method=\"post\",code=\"200\"} 1234567\n\
         http_requests_total{method=\"post\",code=\"400\"} 0.5\n\
         # EOF\n",
    );
}

#[test]
fn a_counter_that_kept_an_old_name_gets_its_suffix_where_the_format_demands_it() {
    assert_both(
        |to| {
            to.family(&head("logins", "", Kind::Counter));
            to.number(Labels::NONE, Number::U64(1));
        },
        "# TYPE logins counter\nlogins 1\n",
        "# TYPE logins counter\nlogins_total 1\n# EOF\n",
    );
}

#[test]
fn gauges_of_every_number() {
    assert_both(
        |to| {
            to.family(&head("numbers", "Numbers.", Kind::Gauge));
            for (name, value) in [
                ("zero", Number::F64(0.0)),
                ("tenth", Number::F64(0.1)),
                ("million", Number::F64(1e6)),
                ("more", Number::F64(1_234_567.0)),
                ("negative", Number::F64(-1e10)),
                ("infinite", Number::F64(f64::INFINITY)),
                ("least", Number::F64(f64::NEG_INFINITY)),
                ("none", Number::F64(f64::NAN)),
                ("below", Number::I64(i64::MIN)),
                ("most", Number::U64(u64::MAX)),
            ] {
                to.number(Labels::new(&["n"], &[name]), value);
            }
        },
        "# HELP numbers Numbers.\n\
         # TYPE numbers gauge\n\
         numbers{n=\"zero\"} 0\n\
         numbers{n=\"tenth\"} 0.1\n\
         numbers{n=\"million\"} 1e+06\n\
         numbers{n=\"more\"} 1.234567e+06\n\
         numbers{n=\"negative\"} -1e+10\n\
         numbers{n=\"infinite\"} +Inf\n\
         numbers{n=\"least\"} -Inf\n\
         numbers{n=\"none\"} NaN\n\
         numbers{n=\"below\"} -9223372036854775808\n\
         numbers{n=\"most\"} 18446744073709551615\n",
        "# HELP numbers Numbers.\n\
         # TYPE numbers gauge\n\
         numbers{n=\"zero\"} 0\n\
         numbers{n=\"tenth\"} 0.1\n\
         numbers{n=\"million\"} 1e+06\n\
         numbers{n=\"more\"} 1.234567e+06\n\
         numbers{n=\"negative\"} -1e+10\n\
         numbers{n=\"infinite\"} +Inf\n\
         numbers{n=\"least\"} -Inf\n\
         numbers{n=\"none\"} NaN\n\
         numbers{n=\"below\"} -9223372036854775808\n\
         numbers{n=\"most\"} 18446744073709551615\n\
         # EOF\n",
    );
}

#[test]
fn histograms_are_cumulative_and_bounds_canonical() {
    assert_both(
        |to| {
            to.family(&Head { unit: Some("seconds"), ..head("wait_seconds", "Waiting.", Kind::Histogram) });
            let point = HistogramPoint { bounds: &[0.005, 1.0, 10.0], counts: &[2, 3, 0, 1], sum: 14.25 };
            to.histogram(Labels::NONE, point);
            to.histogram(Labels::new(&["queue"], &["mail"]), point);
        },
        "# HELP wait_seconds Waiting.\n\
         # TYPE wait_seconds histogram\n\
         wait_seconds_bucket{le=\"0.005\"} 2\n\
         wait_seconds_bucket{le=\"1\"} 5\n\
         wait_seconds_bucket{le=\"10\"} 5\n\
         wait_seconds_bucket{le=\"+Inf\"} 6\n\
         wait_seconds_sum 14.25\n\
         wait_seconds_count 6\n\
         wait_seconds_bucket{queue=\"mail\",le=\"0.005\"} 2\n\
         wait_seconds_bucket{queue=\"mail\",le=\"1\"} 5\n\
         wait_seconds_bucket{queue=\"mail\",le=\"10\"} 5\n\
         wait_seconds_bucket{queue=\"mail\",le=\"+Inf\"} 6\n\
         wait_seconds_sum{queue=\"mail\"} 14.25\n\
         wait_seconds_count{queue=\"mail\"} 6\n",
        "# HELP wait_seconds Waiting.\n\
         # TYPE wait_seconds histogram\n\
         # UNIT wait_seconds seconds\n\
         wait_seconds_bucket{le=\"0.005\"} 2\n\
         wait_seconds_bucket{le=\"1.0\"} 5\n\
         wait_seconds_bucket{le=\"10.0\"} 5\n\
         wait_seconds_bucket{le=\"+Inf\"} 6\n\
         wait_seconds_sum 14.25\n\
         wait_seconds_count 6\n\
         wait_seconds_bucket{queue=\"mail\",le=\"0.005\"} 2\n\
         wait_seconds_bucket{queue=\"mail\",le=\"1.0\"} 5\n\
         wait_seconds_bucket{queue=\"mail\",le=\"10.0\"} 5\n\
         wait_seconds_bucket{queue=\"mail\",le=\"+Inf\"} 6\n\
         wait_seconds_sum{queue=\"mail\"} 14.25\n\
         wait_seconds_count{queue=\"mail\"} 6\n\
         # EOF\n",
    );
}

#[test]
fn bounds_follow_the_series_when_families_change() {
    let write = |to: &mut dyn Visitor| {
        to.family(&head("a", "", Kind::Histogram));
        to.histogram(Labels::NONE, HistogramPoint { bounds: &[1.0], counts: &[1, 0], sum: 1.0 });
        to.family(&head("b", "", Kind::Histogram));
        to.histogram(Labels::NONE, HistogramPoint { bounds: &[2.0], counts: &[1, 0], sum: 1.0 });
        to.histogram(Labels::NONE, HistogramPoint { bounds: &[], counts: &[3], sum: 1.0 });
    };
    assert_text(
        Format::Text004,
        write,
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n\
         # TYPE b histogram\nb_bucket{le=\"2\"} 1\nb_bucket{le=\"+Inf\"} 1\nb_sum 1\nb_count 1\n\
         b_bucket{le=\"+Inf\"} 3\nb_sum 1\nb_count 3\n",
    );
}

#[test]
fn a_sum_that_may_fall_is_left_out_of_openmetrics() {
    assert_both(
        |to| {
            to.family(&head("drift", "", Kind::Histogram));
            to.histogram(Labels::NONE, HistogramPoint { bounds: &[-1.0], counts: &[1, 1], sum: -2.5 });
        },
        "# TYPE drift histogram\n\
         drift_bucket{le=\"-1\"} 1\ndrift_bucket{le=\"+Inf\"} 2\ndrift_sum -2.5\ndrift_count 2\n",
        "# TYPE drift histogram\ndrift_bucket{le=\"-1.0\"} 1\ndrift_bucket{le=\"+Inf\"} 2\n# EOF\n",
    );
}

#[test]
fn summaries_with_and_without_quantiles() {
    assert_both(
        |to| {
            to.family(&head("size_bytes", "Sizes.", Kind::Summary));
            to.summary(Labels::NONE, SummaryPoint { count: 2, sum: 10.0, quantiles: &[] });
            let quantiles = &[(0.5, 4.0), (1.0, 1e6)];
            to.summary(Labels::new(&["way"], &["in"]), SummaryPoint { count: 3, sum: 0.5, quantiles });
        },
        "# HELP size_bytes Sizes.\n\
         # TYPE size_bytes summary\n\
         size_bytes_sum 10\n\
         size_bytes_count 2\n\
         size_bytes{way=\"in\",quantile=\"0.5\"} 4\n\
         size_bytes{way=\"in\",quantile=\"1\"} 1e+06\n\
         size_bytes_sum{way=\"in\"} 0.5\n\
         size_bytes_count{way=\"in\"} 3\n",
        "# HELP size_bytes Sizes.\n\
         # TYPE size_bytes summary\n\
         size_bytes_sum 10\n\
         size_bytes_count 2\n\
         size_bytes{way=\"in\",quantile=\"0.5\"} 4\n\
         size_bytes{way=\"in\",quantile=\"1.0\"} 1e+06\n\
         size_bytes_sum{way=\"in\"} 0.5\n\
         size_bytes_count{way=\"in\"} 3\n\
         # EOF\n",
    );
}

#[test]
fn info_and_state_sets_are_gauges_in_text() {
    assert_both(
        |to| {
            to.family(&head("build_info", "What was built.", Kind::Info));
            to.number(Labels::new(&["version"], &["1.2"]), Number::U64(1));
            to.family(&head("phase", "What it does.", Kind::StateSet));
            to.states(Labels::new(&["unit"], &["a"]), &["idle", "busy"], 1);
            to.family(&head("other", "Who knows.", Kind::Unknown));
            to.number(Labels::NONE, Number::I64(-3));
        },
        "# HELP build_info What was built.\n\
         # TYPE build_info gauge\n\
         build_info{version=\"1.2\"} 1\n\
         # HELP phase What it does.\n\
         # TYPE phase gauge\n\
         phase{unit=\"a\",phase=\"idle\"} 0\n\
         phase{unit=\"a\",phase=\"busy\"} 1\n\
         # HELP other Who knows.\n\
         # TYPE other untyped\n\
         other -3\n",
        "# HELP build What was built.\n\
         # TYPE build info\n\
         build_info{version=\"1.2\"} 1\n\
         # HELP phase What it does.\n\
         # TYPE phase stateset\n\
         phase{unit=\"a\",phase=\"idle\"} 0\n\
         phase{unit=\"a\",phase=\"busy\"} 1\n\
         # HELP other Who knows.\n\
         # TYPE other unknown\n\
         other -3\n\
         # EOF\n",
    );
}

#[test]
fn help_and_label_values_are_escaped() {
    assert_both(
        |to| {
            to.family(&head("odd", "back\\slash, \"quotes\"\nand lines", Kind::Gauge));
            let names = &["a", "b"];
            to.number(Labels::new(names, &["\\", "\"\n"]), Number::U64(1));
            to.number(Labels::new(names, &["plain", "größer 😀 {},= "]), Number::U64(2));
            to.states(Labels::new(names, &["\n", ""]), &["\""], 0);
            to.histogram(
                Labels::new(names, &["\n", ""]),
                HistogramPoint { bounds: &[], counts: &[1], sum: 1.0 },
            );
        },
        "# HELP odd back\\\\slash, \"quotes\"\\nand lines\n\
         # TYPE odd gauge\n\
         odd{a=\"\\\\\",b=\"\\\"\\n\"} 1\n\
         odd{a=\"plain\",b=\"größer 😀 {},= \"} 2\n\
         odd{a=\"\\n\",b=\"\",odd=\"\\\"\"} 1\n\
         odd_bucket{a=\"\\n\",b=\"\",le=\"+Inf\"} 1\n\
         odd_sum{a=\"\\n\",b=\"\"} 1\n\
         odd_count{a=\"\\n\",b=\"\"} 1\n",
        "# HELP odd back\\\\slash, \\\"quotes\\\"\\nand lines\n\
         # TYPE odd gauge\n\
         odd{a=\"\\\\\",b=\"\\\"\\n\"} 1\n\
         odd{a=\"plain\",b=\"größer 😀 {},= \"} 2\n\
         odd{a=\"\\n\",b=\"\",odd=\"\\\"\"} 1\n\
         odd_bucket{a=\"\\n\",b=\"\",le=\"+Inf\"} 1\n\
         odd_sum{a=\"\\n\",b=\"\"} 1\n\
         odd_count{a=\"\\n\",b=\"\"} 1\n\
         # EOF\n",
    );
}

#[test]
fn constant_labels_come_first() {
    let constant = [("env".to_owned(), "prod".to_owned()), ("zone".to_owned(), "\"a\"".to_owned())];
    assert_text(
        Format::Text004,
        |to| {
            to.family(&Head { constant: &constant, ..head("up", "", Kind::Gauge) });
            to.number(Labels::NONE, Number::U64(1));
            to.number(Labels::new(&["job"], &["x"]), Number::U64(2));
            to.histogram(Labels::NONE, HistogramPoint { bounds: &[], counts: &[1], sum: 1.0 });
        },
        "# TYPE up gauge\n\
         up{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n\
         up{env=\"prod\",zone=\"\\\"a\\\"\",job=\"x\"} 2\n\
         up_bucket{env=\"prod\",zone=\"\\\"a\\\"\",le=\"+Inf\"} 1\n\
         up_sum{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n\
         up_count{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n",
    );
}

#[test]
fn families_without_series_are_left_out() {
    assert_both(
        |to| {
            to.family(&head("none", "Nothing.", Kind::Gauge));
            to.family(&head("one", "", Kind::Gauge));
            to.number(Labels::NONE, Number::U64(1));
            to.family(&head("none_either", "Nothing.", Kind::Gauge));
        },
        "# TYPE one gauge\none 1\n",
        "# TYPE one gauge\none 1\n# EOF\n",
    );
    assert_both(|_| {}, "", "# EOF\n");
}

#[test]
fn units_that_do_not_end_the_name_are_not_shown() {
    for (name, kind, unit, shown) in [
        ("heap_bytes", Kind::Gauge, "bytes", true),
        ("sent_bytes_total", Kind::Counter, "bytes", true),
        ("heap", Kind::Gauge, "bytes", false),
        ("bytes", Kind::Gauge, "bytes", false),
        ("heap_bytes", Kind::Gauge, "", false),
        ("heap_bytes", Kind::StateSet, "bytes", false),
    ] {
        let mut encoder = Encoder::new(Format::OpenMetrics100);
        encoder.family(&Head { unit: Some(unit), ..head(name, "", kind) });
        encoder.number(Labels::NONE, Number::U64(1));
        let text = encoder.finish();
        assert_eq!(String::from_utf8_lossy(&text).contains("# UNIT"), shown, "{name}");
    }
}

/// Label names at one place in memory are other names a moment later.
#[test]
fn label_names_that_change_between_series_are_seen() {
    assert_text(
        Format::Text004,
        |to| {
            to.family(&head("x", "", Kind::Gauge));
            let mut name = String::from("a");
            to.number(Labels::new(&[&name], &["1"]), Number::U64(1));
            name.replace_range(.., "b");
            to.number(Labels::new(&[&name], &["1"]), Number::U64(2));
            to.number(Labels::new_clean(&["c"], &["1"]), Number::U64(3));
            to.number(Labels::new_clean(&["d", "e"], &["1", "2"]), Number::U64(4));
            to.number(Labels::NONE, Number::U64(5));
        },
        "# TYPE x gauge\nx{a=\"1\"} 1\nx{b=\"1\"} 2\nx{c=\"1\"} 3\nx{d=\"1\",e=\"2\"} 4\nx 5\n",
    );
}

#[test]
fn append_keeps_what_is_there() {
    let mut encoder = Encoder::append(Format::Text004, Escaping::default(), b"before\n".to_vec());
    encoder.family(&head("none", "", Kind::Gauge));
    assert_eq!(encoder.finish(), b"before\n");
}

/// Long names, help, labels and states: every place that asks for room asks for enough.
#[test]
fn nothing_is_cut_off_however_long() {
    for length in [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 20_000, 100_000] {
        for filler in ["x", "\""] {
            let (name, value) = ("n".repeat(length.max(1)), filler.repeat(length));
            let escaped = value.replace('"', "\\\"");
            let mut encoder = Encoder::new(Format::Text004);
            encoder.family(&head(&name, &value, Kind::Gauge));
            encoder.number(Labels::new(&[&name, "l"], &[&value, &value]), Number::U64(u64::MAX));
            encoder.states(Labels::new(&[&name], &[&value]), &[&value], 0);
            encoder.summary(
                Labels::new(&[&name], &[&value]),
                SummaryPoint { count: 1, sum: 1.0, quantiles: &[(0.5, 2.0)] },
            );
            encoder.histogram(
                Labels::new(&[&name], &[&value]),
                HistogramPoint { bounds: &[1.0], counts: &[u64::MAX, 0], sum: f64::MIN_POSITIVE },
            );
            let help = if value.is_empty() { String::new() } else { format!("# HELP {name} {value}\n") };
            let labels = format!("{name}=\"{escaped}\"");
            let expected = format!(
                "{help}# TYPE {name} gauge\n\
                 {name}{{{labels},l=\"{escaped}\"}} 18446744073709551615\n\
                 {name}{{{labels},{name}=\"{escaped}\"}} 1\n\
                 {name}{{{labels},quantile=\"0.5\"}} 2\n{name}_sum{{{labels}}} 1\n{name}_count{{{labels}}} 1\n\
                 {name}_bucket{{{labels},le=\"1\"}} 18446744073709551615\n\
                 {name}_bucket{{{labels},le=\"+Inf\"}} 18446744073709551615\n\
                 {name}_sum{{{labels}}} 2.2250738585072014e-308\n\
                 {name}_count{{{labels}}} 18446744073709551615\n",
            );
            assert!(String::from_utf8_lossy(&encoder.finish()) == expected, "{length} {filler}");
        }
    }
}

fn write_much(to: &mut dyn Visitor) {
    for family in 0..20 {
        let name = format!("family_{family}");
        to.family(&head(&name, "Help.", Kind::Gauge));
        if family % 3 != 0 {
            for series in 0..1_000 {
                to.number(Labels::new(&["series"], &[&series.to_string()]), Number::U64(series));
            }
        }
    }
}

#[test]
fn what_is_taken_on_the_way_is_together_the_same_bytes() {
    struct TakesOften {
        encoder: Encoder,
        taken: Vec<Vec<u8>>,
    }

    impl Visitor for TakesOften {
        fn family(&mut self, head: &Head<'_>) {
            self.encoder.family(head);
            // The head is not taken until the family has a series.
            self.taken.push(self.encoder.take());
        }

        fn number(&mut self, labels: Labels<'_>, value: Number) {
            self.encoder.number(labels, value);
            if self.encoder.len() > 500 {
                self.taken.push(self.encoder.take());
            }
        }

        fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
            self.encoder.histogram(labels, point);
        }

        fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
            self.encoder.summary(labels, point);
        }

        fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
            self.encoder.states(labels, states, current);
        }
    }

    for format in [Format::Text004, Format::OpenMetrics100] {
        let mut whole = Encoder::new(format);
        write_much(&mut whole);
        let mut parts = TakesOften { encoder: Encoder::new(format), taken: Vec::new() };
        write_much(&mut parts);
        let TakesOften { encoder, mut taken } = parts;
        taken.push(encoder.finish());
        assert!(taken.len() > 100);
        assert_eq!(taken.concat(), whole.finish());
    }
}

#[test]
fn a_counter_of_buckets_never_overflows_into_a_panic() {
    let mut encoder = Encoder::new(Format::Text004);
    encoder.family(&head("x", "", Kind::Histogram));
    encoder.histogram(Labels::NONE, HistogramPoint { bounds: &[1.0], counts: &[u64::MAX, 2], sum: f64::NAN });
    encoder.histogram(Labels::NONE, HistogramPoint { bounds: &[1.0, 2.0], counts: &[4], sum: 0.0 });
    let text = encoder.finish();
    assert!(String::from_utf8_lossy(&text).contains("x_bucket{le=\"+Inf\"} 4\n"));
}

#[test]
fn stems_and_suffixes() {
    assert_eq!(stem("orders_total", Kind::Counter), "orders");
    assert_eq!(stem("orders", Kind::Counter), "orders");
    assert_eq!(stem("_total", Kind::Counter), "_total");
    assert_eq!(stem("orders_total", Kind::Gauge), "orders_total");
    assert_eq!(stem("build_info", Kind::Info), "build");
    assert!(sample_suffixes(Kind::Histogram).contains(&"_bucket"));
}
