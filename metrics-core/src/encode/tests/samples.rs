//! What each kind of series looks like.

use super::*;

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
fn a_counter_that_kept_an_old_name_keeps_it_where_counters_need_another_one() {
    assert_both(
        |to| {
            to.family(&head("logins", "", Kind::Counter));
            to.number(Labels::NONE, Number::U64(1));
        },
        "# TYPE logins counter\nlogins 1\n",
        "# TYPE logins unknown\nlogins 1\n# EOF\n",
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
fn a_counter_of_buckets_never_overflows_into_a_panic() {
    let mut encoder = Encoder::new(Format::Text004);
    encoder.family(&head("x", "", Kind::Histogram));
    encoder.histogram(Labels::NONE, HistogramPoint { bounds: &[1.0], counts: &[u64::MAX, 2], sum: f64::NAN });
    encoder.histogram(Labels::NONE, HistogramPoint { bounds: &[1.0, 2.0], counts: &[4], sum: 0.0 });
    let text = encoder.finish();
    assert!(String::from_utf8_lossy(&text).contains("x_bucket{le=\"+Inf\"} 4\n"));
}
