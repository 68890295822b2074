//! OpenMetrics 2.0.

use super::*;
use crate::{exemplar::Exemplar, native::NativeHistogram, visit::Details};
use std::time::Duration;

#[track_caller]
fn assert_written(escaping: Escaping, write: impl Fn(&mut dyn Visitor), expected: &str) {
    let mut encoder = Encoder::with_escaping(Format::OpenMetrics200, escaping);
    write(&mut encoder);
    assert_eq!(String::from_utf8_lossy(&encoder.finish()), expected);
}

fn exemplar(value: f64, milliseconds: u64) -> Exemplar {
    let labels = vec![("trace_id".to_owned(), format!("t{milliseconds}"))];
    Exemplar { labels, value, at: Duration::from_millis(1_605_281_325_000 + milliseconds) }
}

const CREATED: Option<Duration> = Some(Duration::new(1_520_430_000, 123_000_000));

#[test]
fn numbers() {
    assert_written(
        Escaping::AllowUtf8,
        |to| {
            to.family(&Head {
                unit: Some("seconds"),
                ..head("cpu_seconds_total", "Time, \"used\".\n", Kind::Counter)
            });
            let exemplars = [exemplar(0.5, 999), exemplar(2.0, 1)];
            let details = Details { created: CREATED, exemplars: &exemplars, native: None };
            to.number_with(Labels::NONE, Number::F64(17.25), &details);
            to.family(&head("jobs", "", Kind::Counter));
            to.number(Labels::new(&["a"], &["\\"]), Number::U64(u64::MAX));
            to.family(&head("none", "Nothing.", Kind::Gauge));
            to.family(&Head { unit: Some("odd unit"), ..head("level", "", Kind::Gauge) });
            to.number_with(Labels::NONE, Number::F64(f64::NEG_INFINITY), &details);
            to.number(Labels::NONE, Number::F64(f64::NAN));
            to.family(&head("build_info", "", Kind::Info));
            to.number(Labels::new(&["version"], &["1"]), Number::U64(1));
            to.family(&head("build", "", Kind::Info));
            to.number(Labels::new(&["version"], &["1"]), Number::U64(1));
            to.family(&head("odd", "", Kind::Unknown));
            to.number(Labels::NONE, Number::I64(-3));
        },
        "# TYPE cpu_seconds_total counter\n\
         # UNIT cpu_seconds_total seconds\n\
         # HELP cpu_seconds_total Time, \\\"used\\\".\\n\n\
         cpu_seconds_total 17.25 st@1520430000.123 # {trace_id=\"t1\"} 2 1605281325.001 # {trace_id=\"t999\"} 0.5 \
         1605281325.999\n\
         # TYPE jobs counter\n\
         jobs{a=\"\\\\\"} 18446744073709551615\n\
         # TYPE level gauge\n\
         level -Inf\n\
         level NaN\n\
         # TYPE build_info info\n\
         build_info{version=\"1\"} 1\n\
         # TYPE build gauge\n\
         build{version=\"1\"} 1\n\
         # TYPE odd unknown\n\
         odd -3\n\
         # EOF\n",
    );
}

#[test]
fn histograms() {
    let native = NativeHistogram {
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: 2,
        positive: vec![(-3, 3), (0, 1), (1, 2), (9, 4)],
        negative: vec![(1, 2)],
    };
    assert_written(
        Escaping::AllowUtf8,
        |to| {
            to.family(&head("waits", "", Kind::Histogram));
            let point = HistogramPoint { bounds: &[0.5, 1.0, 2e6], counts: &[1, 0, 2, 3], sum: 1.5 };
            to.histogram(Labels::NONE, point);
            let exemplars = [exemplar(0.25, 0)];
            let details = Details { created: CREATED, exemplars: &exemplars, native: Some(&native) };
            to.histogram_with(Labels::new(&["a"], &["b"]), point, &details);
            let single = HistogramPoint { bounds: &[], counts: &[14], sum: f64::INFINITY };
            let details = Details { native: Some(&native), ..Details::default() };
            to.histogram_with(Labels::NONE, single, &details);
            let empty = NativeHistogram::default();
            let details = Details { native: Some(&empty), ..Details::default() };
            to.histogram_with(Labels::NONE, HistogramPoint { bounds: &[], counts: &[0], sum: 0.0 }, &details);
            to.histogram(Labels::NONE, HistogramPoint { bounds: &[-1.0], counts: &[1], sum: -2.0 });
        },
        "# TYPE waits histogram\n\
         waits {count:6,sum:1.5,bucket:[0.5:1,1:1,2e+06:3,+Inf:6]}\n\
         waits{a=\"b\"} {count:6,sum:1.5,schema:3,zero_threshold:1e-128,zero_count:2,negative_spans:[1:1],\
         negative_buckets:[2],positive_spans:[-3:5,7:1],positive_buckets:[3,0,0,1,2,4],bucket:[0.5:1,1:1,2e+06:3,\
         +Inf:6]} st@1520430000.123 # {trace_id=\"t0\"} 0.25 1605281325\n\
         waits {count:14,sum:+Inf,schema:3,zero_threshold:1e-128,zero_count:2,negative_spans:[1:1],\
         negative_buckets:[2],positive_spans:[-3:5,7:1],positive_buckets:[3,0,0,1,2,4]}\n\
         waits {count:0,sum:0,schema:0,zero_threshold:0,zero_count:0}\n\
         waits {count:1,sum:-2,bucket:[-1:1,+Inf:1]}\n\
         # EOF\n",
    );
}

#[test]
fn summaries_and_states() {
    let constant = [("env".to_owned(), "prod".to_owned())];
    assert_written(
        Escaping::AllowUtf8,
        |to| {
            to.family(&Head { constant: &constant, ..head("rows", "", Kind::Summary) });
            to.summary(Labels::NONE, SummaryPoint { count: 3, sum: 4.5, quantiles: &[] });
            let exemplars = [exemplar(0.25, 0)];
            let details = Details { created: CREATED, exemplars: &exemplars, native: None };
            let point = SummaryPoint { count: 3, sum: 4.5, quantiles: &[(0.5, 1.0), (0.99, f64::NAN)] };
            to.summary_with(Labels::new(&["a"], &["b"]), point, &details);
            to.family(&Head { unit: Some("seconds"), ..head("phase", "", Kind::StateSet) });
            to.states(Labels::new(&["a"], &["b"]), &["on", "\"off\""], 1);
        },
        "# TYPE rows summary\n\
         rows{env=\"prod\"} {count:3,sum:4.5,quantile:[]}\n\
         rows{env=\"prod\",a=\"b\"} {count:3,sum:4.5,quantile:[0.5:1,0.99:NaN]} st@1520430000.123\n\
         # TYPE phase stateset\n\
         phase{a=\"b\",phase=\"on\"} 0\n\
         phase{a=\"b\",phase=\"\\\"off\\\"\"} 1\n\
         # EOF\n",
    );
}

#[test]
fn names_of_any_characters() {
    let write = |to: &mut dyn Visitor| {
        to.family(&head("http.\"latency\"", "Of all.", Kind::Summary));
        to.summary(Labels::NONE, SummaryPoint { count: 1, sum: 2.0, quantiles: &[] });
        to.summary(Labels::new(&["a.b"], &["c"]), SummaryPoint { count: 1, sum: 2.0, quantiles: &[] });
    };
    assert_written(
        Escaping::AllowUtf8,
        write,
        "# TYPE \"http.\\\"latency\\\"\" summary\n\
         # HELP \"http.\\\"latency\\\"\" Of all.\n\
         {\"http.\\\"latency\\\"\"} {count:1,sum:2,quantile:[]}\n\
         {\"http.\\\"latency\\\"\",\"a.b\"=\"c\"} {count:1,sum:2,quantile:[]}\n\
         # EOF\n",
    );
    assert_written(
        Escaping::Underscores,
        write,
        "# TYPE http__latency_ summary\n\
         # HELP http__latency_ Of all.\n\
         http__latency_ {count:1,sum:2,quantile:[]}\n\
         http__latency_{a_b=\"c\"} {count:1,sum:2,quantile:[]}\n\
         # EOF\n",
    );
    for (escaping, kind) in [
        (Escaping::AllowUtf8, "application/openmetrics-text; version=2.0.0; charset=utf-8"),
        (
            Escaping::Underscores,
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=underscores",
        ),
    ] {
        assert_eq!(Format::OpenMetrics200.content_type(escaping), kind);
    }
}

#[test]
fn what_is_taken_is_never_taken_back() {
    let mut encoder = Encoder::append(Format::OpenMetrics200, Escaping::AllowUtf8, b"before\n".to_vec());
    let mut found = encoder.take();
    for (name, shown) in [("one", true), ("none", false), ("two", true)] {
        encoder.family(&head(name, "", Kind::Gauge));
        found.extend(encoder.take());
        if shown {
            encoder.number(Labels::NONE, Number::U64(1));
        }
        found.extend(encoder.take());
    }
    found.extend(encoder.finish());
    assert_eq!(
        String::from_utf8_lossy(&found),
        "before\n# TYPE one gauge\none 1\n# TYPE two gauge\ntwo 1\n# EOF\n"
    );
}
