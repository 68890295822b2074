//! Conditions of alerts, and the sentences for texts that are not conditions.

use std::time::Duration;
use tallymark_rules::{Aggregation, Comparison, Condition, Function, Kind, MatchOperator, ThresholdUnit};

#[test]
fn a_condition_is_read_as_it_is_written() {
    let condition = Condition::parse(
        r#" rate{provider = "stripe", reason=~'card.*|limit',} [5m] by provider, reason >= 0.5 "#,
    )
    .expect("it is one");
    assert_eq!(condition.function, Function::Rate);
    assert_eq!(condition.window, Some(Duration::from_secs(300)));
    let matchers: Vec<_> = condition.matchers.iter().map(|m| (m.label, m.operator, m.value)).collect();
    assert_eq!(
        matchers,
        [("provider", MatchOperator::Equal, "stripe"), ("reason", MatchOperator::Matches, "card.*|limit")]
    );
    assert_eq!((condition.aggregation, condition.by.as_slice()), (None, &["provider", "reason"][..]));
    assert_eq!((condition.comparison, condition.threshold.value), (Comparison::AtLeast, 0.5));
    assert_eq!(condition.threshold.unit, None);
    let condition = Condition::parse("value max by (db)<1e3").expect("it is one");
    assert_eq!((condition.aggregation, condition.by.as_slice()), (Some(Aggregation::Max), &["db"][..]));
    assert_eq!(condition.threshold.value.to_bits(), 1000.0_f64.to_bits());
}

#[test]
fn quantiles_and_thresholds_have_units() {
    for (text, function, value, unit) in [
        ("p99[5m] > 250ms", Function::Quantile(0.99), 0.25, Some(ThresholdUnit::Seconds)),
        ("p99.9[5m] > 250 ms", Function::Quantile(0.999), 0.25, Some(ThresholdUnit::Seconds)),
        ("quantile(0.5)[1h] == 2.5s", Function::Quantile(0.5), 2.5, Some(ThresholdUnit::Seconds)),
        ("ratio{a='b'}[5m] > 5%", Function::Ratio, 0.05, Some(ThresholdUnit::Ratio)),
        ("mean[5m] <= 10MiB", Function::Mean, 10_485_760.0, Some(ThresholdUnit::Bytes)),
        ("increase[1h] >= -1.5e-3", Function::Increase, -0.0015, None),
        ("max[10m] < .5", Function::Max, 0.5, None),
    ] {
        let condition = Condition::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(condition.function, function, "{text}");
        assert_eq!((condition.threshold.value, condition.threshold.unit), (value, unit), "{text}");
    }
}

#[test]
fn what_is_no_condition_is_refused_with_what_to_write() {
    for (text, says) in [
        ("", "begins with `rate`"),
        ("rat[5m] > 1", "`rat` is no function"),
        ("> 1", "`>` is no function"),
        ("rate > 1", "write `rate[5m]`"),
        ("value[5m] > 1", "write `value` alone"),
        ("rate[5 minutes] > 1", "`5 minutes` is no duration"),
        ("rate[500ms] > 1", "`500ms` is no duration of whole seconds"),
        ("rate[0s] > 1", "`0s` is no duration"),
        ("rate[5m > 1", "where `]` is expected"),
        ("ratio[5m] > 1%", "ratio{result='miss'}[5m]"),
        ("ratio{a='b'}[5m] > 5", "between 0 and 1"),
        ("p100[5m] > 1", "`100` is no quantile"),
        ("p0[5m] > 1", "`0` is no quantile"),
        ("quantile(NaN)[5m] > 1", "`NaN` is no quantile"),
        ("quantile[5m] > 1", "in parentheses"),
        ("rate{provider=stripe}[5m] > 1", "a text in quotes"),
        ("rate{provider='stripe}[5m] > 1", "a text in quotes"),
        ("rate{provider>'stripe'}[5m] > 1", "`=`, `!=`, `=~` or `!~`"),
        ("rate{='a'}[5m] > 1", "the name of a label"),
        ("rate{a='b' c='d'}[5m] > 1", "`,` or `}`"),
        ("rate[5m] by > 1", "the name of a label"),
        ("rate[5m] by a, a > 1", "`a` is given twice"),
        ("rate[5m] sum > 1", "where `by` is expected"),
        ("rate[5m] by (a > 1", "where `)` is expected"),
        ("rate[5m]", "no comparison"),
        ("rate[5m] != 1", "`!=` is no comparison"),
        ("rate[5m] >", "`` is no threshold"),
        ("rate[5m] > NaN", "`NaN` is no threshold"),
        ("rate[5m] > inf", "`inf` is no threshold"),
        ("rate[5m] > 1e999", "no threshold"),
        ("rate[5m] > 5 apples", "`apples` is no unit"),
        ("rate[5m] > 5kB", "`kB` is no unit"),
        ("rate[5m] > 5 and 6", "no unit"),
        ("rate[5m] > 5 s 6", "`6` follows the threshold"),
        ("größe > 5", "`größe` is no function"),
        ("rate{a=~'(b|c)'}[5m] > 5", "`(b|c)` cannot be a pattern"),
        ("rate{a!~'b*'}[5m] > 5", "`b*` cannot be a pattern"),
    ] {
        let fault = Condition::parse(text).expect_err(text).to_string();
        assert!(fault.contains(says), "{text}: {fault}");
    }
}

#[test]
fn a_condition_has_to_make_sense_for_the_metric() {
    for (text, kind, unit, says) in [
        ("rate[5m] > 1", Kind::Gauge, None, Some("`rate` makes no sense for a gauge: write `value`")),
        ("p99[5m] > 1", Kind::Counter, None, Some("`quantile(0.99)` makes no sense for a counter")),
        ("value > 1", Kind::Counter, None, Some("write `rate[5m]`")),
        ("value > 1", Kind::Histogram, None, Some("write `p99[5m]`")),
        ("p99[5m] > 1", Kind::Summary, None, Some("make it a histogram")),
        ("value > 1", Kind::Info, None, Some("leave `alert(…)` out")),
        ("value by a > 1", Kind::Gauge, None, Some("write `sum by`")),
        ("mean[5m] by a > 1", Kind::Histogram, None, None),
        ("mean[5m] by a > 1", Kind::Gauge, None, Some("write `sum by`")),
        ("p99[5m] max by a > 1", Kind::Histogram, None, Some("write `by` alone")),
        ("p99[5m] > 250ms", Kind::Histogram, Some("bytes"), Some("in seconds")),
        ("p99[5m] > 250ms", Kind::Histogram, None, Some("in seconds")),
        ("p99[5m] > 250ms", Kind::Histogram, Some("seconds"), None),
        ("rate[5m] > 250ms", Kind::Histogram, Some("seconds"), Some("in seconds")),
        ("rate[5m] > 5%", Kind::Counter, Some("seconds"), None),
        ("rate[5m] > 1MiB", Kind::Counter, Some("bytes"), None),
        ("value > 5%", Kind::Gauge, Some("ratio"), None),
        ("value > 250ms", Kind::Unknown, Some("bytes"), None),
    ] {
        let condition = Condition::parse(text).expect(text);
        match (condition.check(kind, unit), says) {
            (Ok(()), None) => {}
            (Err(fault), Some(says)) => assert!(fault.to_string().contains(says), "{text}: {fault}"),
            (result, says) => panic!("{text} for {kind:?}: {result:?}, expected {says:?}"),
        }
    }
}
