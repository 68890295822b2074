//! What few metrics show: exemplars, creation timestamps, and names of any characters.

use super::*;
use crate::{exemplar::Exemplar, visit::Details};
use std::time::Duration;

fn exemplar(id: &str, value: f64, seconds: u64) -> Exemplar {
    let at = Duration::new(seconds, 500_000_000);
    Exemplar { labels: vec![("trace_id".to_owned(), id.to_owned())], value, at }
}

#[test]
fn exemplars_and_creation_are_shown_by_openmetrics() {
    let exemplars = [exemplar("a", 0.5, 10), exemplar("b", 0.75, 11), exemplar("\"\\", 7.0, 12)];
    let mut details = Details { created: Some(Duration::from_millis(1_500)), ..Details::default() };
    details.exemplars = &exemplars;
    assert_both(
        |to| {
            to.family(&head("orders_total", "", Kind::Counter));
            to.number_with(Labels::NONE, Number::U64(2), &details);
            to.number_with(Labels::new(&["shop"], &["north"]), Number::U64(3), &Details::default());
            to.family(&head("wait", "", Kind::Histogram));
            let point = HistogramPoint { bounds: &[1.0], counts: &[2, 1], sum: 8.25 };
            to.histogram_with(Labels::new(&["shop"], &["north"]), point, &details);
            to.family(&head("size", "", Kind::Summary));
            to.summary_with(Labels::NONE, SummaryPoint { count: 1, sum: 2.0, quantiles: &[] }, &details);
            to.family(&head("level", "", Kind::Gauge));
            to.number_with(Labels::NONE, Number::U64(2), &details);
        },
        "# TYPE orders_total counter\norders_total 2\norders_total{shop=\"north\"} 3\n\
         # TYPE wait histogram\n\
         wait_bucket{shop=\"north\",le=\"1\"} 2\nwait_bucket{shop=\"north\",le=\"+Inf\"} 3\n\
         wait_sum{shop=\"north\"} 8.25\nwait_count{shop=\"north\"} 3\n\
         # TYPE size summary\nsize_sum 2\nsize_count 1\n\
         # TYPE level gauge\nlevel 2\n",
        "# TYPE orders counter\n\
         orders_total 2 # {trace_id=\"\\\"\\\\\"} 7 12.5\norders_created 1.5\n\
         orders_total{shop=\"north\"} 3\n\
         # TYPE wait histogram\n\
         wait_bucket{shop=\"north\",le=\"1.0\"} 2 # {trace_id=\"b\"} 0.75 11.5\n\
         wait_bucket{shop=\"north\",le=\"+Inf\"} 3 # {trace_id=\"\\\"\\\\\"} 7 12.5\n\
         wait_sum{shop=\"north\"} 8.25\nwait_count{shop=\"north\"} 3\nwait_created{shop=\"north\"} 1.5\n\
         # TYPE size summary\nsize_sum 2\nsize_count 1\nsize_created 1.5\n\
         # TYPE level gauge\nlevel 2\n\
         # EOF\n",
    );
}

fn unusual(to: &mut dyn Visitor) {
    let constant = [("data.centre".to_owned(), "a\"b".to_owned())];
    to.family(&Head {
        unit: Some("bytes"),
        constant: &constant,
        ..head("my.sent_bytes_total", "Help.", Kind::Counter)
    });
    to.number(Labels::NONE, Number::U64(1));
    to.number(Labels::new(&["花火", "plain"], &["x", "y"]), Number::U64(2));
    to.family(&head("my.wait", "Help.", Kind::Histogram));
    to.histogram(Labels::NONE, HistogramPoint { bounds: &[], counts: &[1], sum: 2.0 });
    to.histogram(Labels::new(&["a"], &["b"]), HistogramPoint { bounds: &[], counts: &[1], sum: 2.0 });
    to.family(&head("my.\"phase\"", "", Kind::StateSet));
    to.states(Labels::NONE, &["on"], 0);
    to.family(&head("1", "", Kind::Gauge));
    to.number(Labels::NONE, Number::U64(1));
    // Two names that become one by escaping.
    to.number(Labels::new(&["a.b", "a_b"], &["x", "y"]), Number::U64(2));
}

#[test]
fn names_of_any_characters_are_quoted_where_that_is_asked_for() {
    let text = |format, escaping| {
        let mut encoder = Encoder::with_escaping(format, escaping);
        unusual(&mut encoder);
        String::from_utf8_lossy(&encoder.finish()).into_owned()
    };
    assert_eq!(
        text(Format::Text100, Escaping::AllowUtf8),
        "# HELP \"my.sent_bytes_total\" Help.\n\
         # TYPE \"my.sent_bytes_total\" counter\n\
         {\"my.sent_bytes_total\",\"data.centre\"=\"a\\\"b\"} 1\n\
         {\"my.sent_bytes_total\",\"data.centre\"=\"a\\\"b\",\"花火\"=\"x\",plain=\"y\"} 2\n\
         # HELP \"my.wait\" Help.\n\
         # TYPE \"my.wait\" histogram\n\
         {\"my.wait_bucket\",le=\"+Inf\"} 1\n\
         {\"my.wait_sum\"} 2\n\
         {\"my.wait_count\"} 1\n\
         {\"my.wait_bucket\",a=\"b\",le=\"+Inf\"} 1\n\
         {\"my.wait_sum\",a=\"b\"} 2\n\
         {\"my.wait_count\",a=\"b\"} 1\n\
         # TYPE \"my.\\\"phase\\\"\" gauge\n\
         {\"my.\\\"phase\\\"\",\"my.\\\"phase\\\"\"=\"on\"} 1\n\
         # TYPE \"1\" gauge\n\
         {\"1\"} 1\n\
         {\"1\",\"a.b\"=\"x\",a_b=\"y\"} 2\n",
    );
    assert_eq!(
        text(Format::OpenMetrics100, Escaping::AllowUtf8).lines().take(4).collect::<Vec<_>>(),
        [
            "# HELP \"my.sent_bytes\" Help.",
            "# TYPE \"my.sent_bytes\" counter",
            "# UNIT \"my.sent_bytes\" bytes",
            "{\"my.sent_bytes_total\",\"data.centre\"=\"a\\\"b\"} 1",
        ]
    );
    let underscores = "# HELP my_sent_bytes_total Help.\n\
         # TYPE my_sent_bytes_total counter\n\
         my_sent_bytes_total{data_centre=\"a\\\"b\"} 1\n\
         my_sent_bytes_total{data_centre=\"a\\\"b\",__=\"x\",plain=\"y\"} 2\n\
         # HELP my_wait Help.\n\
         # TYPE my_wait histogram\n\
         my_wait_bucket{le=\"+Inf\"} 1\n\
         my_wait_sum 2\n\
         my_wait_count 1\n\
         my_wait_bucket{a=\"b\",le=\"+Inf\"} 1\n\
         my_wait_sum{a=\"b\"} 2\n\
         my_wait_count{a=\"b\"} 1\n\
         # TYPE my__phase_ gauge\n\
         my__phase_{my__phase_=\"on\"} 1\n\
         # TYPE _ gauge\n\
         _ 1\n\
         _{a_b=\"x\",a_b_=\"y\"} 2\n";
    assert_eq!(text(Format::Text100, Escaping::Underscores), underscores);
    // Text format 0.0.4 cannot quote.
    assert_eq!(text(Format::Text004, Escaping::AllowUtf8), underscores);
}

/// The name of a sample, read back, is the name that was given, also where OpenMetrics has a shorter one for the
/// family.
#[test]
fn samples_have_one_name_in_every_format() {
    for (escaping, name) in
        [(Escaping::Dots, "my_dot_sent__bytes__total"), (Escaping::Values, "U__my_2e_sent__bytes__total")]
    {
        for format in [Format::Text004, Format::Text100, Format::OpenMetrics100] {
            let mut encoder = Encoder::with_escaping(format, escaping);
            unusual(&mut encoder);
            let text = String::from_utf8_lossy(&encoder.finish()).into_owned();
            let sample = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
            assert!(sample.starts_with(&format!("{name}{{")), "{sample}");
            let family = name.strip_suffix("_total").filter(|_| format == Format::OpenMetrics100);
            assert!(text.contains(&format!("# TYPE {} counter\n", family.unwrap_or(name))), "{text}");
            assert!(!text.contains("\"花火\""));
        }
    }
}
