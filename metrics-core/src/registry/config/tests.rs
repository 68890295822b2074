use super::{Config, ConfigError, environment::read};
use crate::Naming;
use std::{cell::RefCell, collections::BTreeSet, ffi::OsString};

fn from(set: &[(&str, &str)]) -> Result<Config, ConfigError> {
    read(&|variable| set.iter().find(|(name, _)| *name == variable).map(|(_, value)| OsString::from(*value)))
}

#[test]
fn variables_are_settings() {
    let config = from(&[
        ("TALLYMARK_NAMESPACE", "shop"),
        ("TALLYMARK_NAMING", "django"),
        ("TALLYMARK_LABELS", "region=north, tier=a=b"),
        ("TALLYMARK_BUCKETS", "http_*=0.05, 0.25,1; db_query_duration_seconds=0.01"),
        ("TALLYMARK_FAMILIES_OFF", "http_*, cache_entries"),
        ("TALLYMARK_FAMILIES_ON", "http_requests_total"),
        ("TALLYMARK_ENABLED", "on"),
    ])
    .expect("all of them are right");
    let expected = Config::new()
        .namespace("shop")
        .naming(Naming::Django)
        .label("region", "north")
        .label("tier", "a=b")
        .buckets("http_*", [0.05, 0.25, 1.0])
        .buckets("db_query_duration_seconds", [0.01])
        .families_off(["http_*", "cache_entries"])
        .families_on(["http_requests_total"])
        .enabled(true);
    assert_eq!(config, expected);
    assert_eq!(from(&[]), Ok(Config::new()));
}

#[test]
fn settings_of_django_are_understood() {
    let expected = [0.1, 0.5, 1.0];
    let spellings =
        ["0.1,0.5,1", "(0.1, 0.5, 1.0, float(\"inf\"))", "[.1, .5, 1, float('inf'),]", "0.1,0.5,1,+Inf"];
    for spelling in spellings {
        let config = from(&[("PROMETHEUS_LATENCY_BUCKETS", spelling)]).expect(spelling);
        for family in ["http_request_duration_seconds", "django_db_query_duration_seconds"] {
            assert_eq!(config.bounds(&[family]), Some(&expected[..]), "{spelling}");
        }
        assert_eq!(config.bounds(&["db_connect_duration_seconds"]), None);
    }
    let both = [("PROMETHEUS_METRIC_NAMESPACE", "old"), ("TALLYMARK_NAMESPACE", "new")];
    assert_eq!(from(&both).expect("both").common_namespace(), Some("new"));
    assert_eq!(from(&both[..1]).expect("one").common_namespace(), Some("old"));
    assert_eq!(from(&[("PROMETHEUS_METRIC_NAMESPACE", "")]), Ok(Config::new()));
    for (value, shown) in [("True", true), ("1", true), ("False", false), ("", false)] {
        let config = from(&[("PROMETHEUS_EXPORT_MIGRATIONS", value)]).expect(value);
        assert_eq!(config.shows(&["db_migrations_pending"]), shown, "{value}");
        assert_eq!(config.shows(&["django_migrations_unapplied_total"]), shown, "{value}");
    }
}

#[test]
fn a_wrong_value_names_variable_value_and_what_to_write() {
    let wrong = [
        ("TALLYMARK_NAMESPACE", "My-App", "My-App", "a letter first"),
        ("TALLYMARK_NAMESPACE", "", "", "a letter first"),
        ("TALLYMARK_NAMING", "Django", "Django", "`django`"),
        ("TALLYMARK_LABELS", "region=north,tier", "tier", "`region=north,tier=gold`"),
        ("TALLYMARK_LABELS", "le=1", "le=1", "`region=north,tier=gold`"),
        ("TALLYMARK_LABELS", "a=1,a=2", "a=2", "`region=north,tier=gold`"),
        ("TALLYMARK_BUCKETS", "http_*=0.1,x", "http_*=0.1,x", "sorted"),
        ("TALLYMARK_BUCKETS", "http_*=2,1", "http_*=2,1", "sorted"),
        ("TALLYMARK_BUCKETS", "http-*=1", "http-*=1", "`http_request_duration_seconds="),
        ("TALLYMARK_FAMILIES_OFF", "http_*,9lives", "9lives", "`http_requests_total,db_*`"),
        ("TALLYMARK_FAMILIES_ON", "a*b", "a*b", "`http_requests_total,db_*`"),
        ("TALLYMARK_ENABLED", "false", "false", "`on` or `off`"),
        ("PROMETHEUS_METRIC_NAMESPACE", "My-App", "My-App", "a letter first"),
        ("PROMETHEUS_LATENCY_BUCKETS", "(0.1, 0.5", "(0.1, 0.5", "`0.01,0.1,1,inf`"),
        ("PROMETHEUS_LATENCY_BUCKETS", "1,nan", "1,nan", "`0.01,0.1,1,inf`"),
        ("PROMETHEUS_EXPORT_MIGRATIONS", "yes", "yes", "`True` or `False`"),
    ];
    for (variable, value, part, advice) in wrong {
        let error = from(&[(variable, value)]).expect_err(variable).to_string();
        assert!(error.starts_with(&format!("{variable} holds {part:?}; it may hold ")), "{error}");
        assert!(error.contains(advice), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_not_text_is_an_error_too() {
    use std::os::unix::ffi::OsStringExt as _;
    let error =
        read(&|variable| (variable == "TALLYMARK_NAMING").then(|| OsString::from_vec(vec![b'd', 0xff])));
    let error = error.expect_err("it is not UTF-8").to_string();
    assert!(error.starts_with("TALLYMARK_NAMING holds \"d\u{fffd}\"; it may hold "), "{error}");
}

#[test]
fn the_most_specific_pattern_wins() {
    let config = Config::new()
        .families_on(["http_requests_total"])
        .families_off(["*"])
        .families_on(["db_*"])
        .families_off(["db_slow_*"]);
    for (names, shown) in [
        (["http_requests_total", "shop_http_requests_total"], true),
        (["http_requests", "shop_http_requests"], false),
        (["db_queries_total", "shop_db_queries_total"], true),
        (["db_slow_queries_total", "shop_db_slow_queries_total"], false),
    ] {
        assert_eq!(config.shows(&names), shown, "{names:?}");
    }
    assert!(!Config::new().families_off(["shop_a"]).shows(&["a", "shop_a"]), "the whole name will do");
    assert!(!config.clone().enabled(false).shows(&["http_requests_total"]));
    let environment = Config::new().families_off(["a"]).namespace("outer").label("x", "1").label("y", "1");
    let merged = Config::new().families_on(["a"]).namespace("inner").label("x", "2").or(&environment);
    assert!(merged.shows(&["a"]));
    assert_eq!(merged.common_namespace(), Some("inner"));
    assert_eq!(merged.labels, [("x".into(), "2".into()), ("y".into(), "1".into())]);
}

/// A pattern that is more specific does not go before one of a source that comes first.
#[test]
fn sources_go_before_one_another_whatever_their_patterns() {
    let seconds = "http_request_duration_seconds";
    let django = ("PROMETHEUS_LATENCY_BUCKETS", "0.5,inf");
    let ours = [("TALLYMARK_BUCKETS", "http_*=0.25"), ("TALLYMARK_FAMILIES_ON", "http_requests_total")];
    let environment = from(&[ours[0], ours[1], django]).expect("all of them are right");
    assert_eq!(environment.bounds(&[seconds]), Some(&[0.25][..]));
    assert_eq!(environment.bounds(&["db_query_duration_seconds"]), Some(&[0.5][..]));
    let all = Config::new().buckets("*", [0.1]).families_off(["*"]).or(&environment);
    for family in [seconds, "db_query_duration_seconds"] {
        assert_eq!(all.bounds(&[family]), Some(&[0.1][..]));
    }
    assert!(!all.shows(&["http_requests_total"]));
    let migrations = [("TALLYMARK_FAMILIES_OFF", "*"), ("PROMETHEUS_EXPORT_MIGRATIONS", "True")];
    assert!(!from(&migrations).expect("both are right").shows(&["db_migrations_pending"]));
}

#[test]
fn all_that_is_read_is_known() {
    let asked = RefCell::new(BTreeSet::new());
    let read = read(&|variable| {
        asked.borrow_mut().insert(variable.to_owned());
        None
    });
    assert_eq!(read, Ok(Config::new()));
    let asked = asked.into_inner();
    let ours: BTreeSet<&str> =
        asked.iter().map(String::as_str).filter(|variable| variable.starts_with("TALLYMARK_")).collect();
    assert_eq!(ours, BTreeSet::from(Config::VARIABLES));
}
