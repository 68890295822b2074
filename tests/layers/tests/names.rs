//! Every layer beside the settings of all layers: names, buckets, what is shown, and what is refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Command, Output},
};

/// Families of every layer, by naming, less the namespace that belongs to the naming.
const COMMON: [&str; 26] = [
    "build_info",
    "cache_entries",
    "cache_operation_duration_seconds",
    "cache_sets_total",
    "db_connect_duration_seconds",
    "db_pool_connections",
    "db_pool_connections_closed_total",
    "db_pool_get_wait_seconds_total",
    "db_pool_gets_total",
    "db_pool_healthy",
    "db_pool_max_connections",
    "db_pool_waiting",
    "db_queries_in_flight",
    "db_statement_cache_entries",
    "db_statement_cache_hits_total",
    "foreign_jobs_total",
    "function_calls_total",
    "http_client_errors_total",
    "http_client_request_duration_seconds",
    "http_client_requests_in_flight",
    "http_client_requests_total",
    "mine_open",
    "orders_created_total",
    "orders_queued",
    "tokio_task_poll_duration_seconds",
    "tokio_workers",
];
const STANDARD: [&str; 8] = [
    "cache_gets_total",
    "db_connections_opened_total",
    "db_migrations_pending",
    "db_query_duration_seconds",
    "http_handler_duration_seconds",
    "http_request_db_queries",
    "http_requests_total",
    "model_inserts_total",
];
const DJANGO: [&str; 8] = [
    "django_cache_get_total",
    "django_db_execute_total",
    "django_db_new_connections_total",
    "django_db_query_duration_seconds",
    "django_http_requests_latency_seconds_by_view_method",
    "django_http_responses_total_by_status_view_method_total",
    "django_migrations_unapplied_total",
    "django_model_inserts_total",
];

fn run(when: &str, settings: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_layers-tests"));
    program.arg(when).args(settings).env_clear().envs(variables.iter().copied());
    program.output().expect("the program is there")
}

/// The families of a program that ends well, with the bounds of histograms.
fn families(when: &str, settings: &[&str], variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    let output = run(when, settings, variables);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{settings:?} {variables:?}: {errors}");
    let text = String::from_utf8(output.stdout).expect("names are text");
    let line = |line: &str| line.split_once(' ').map(|(name, bounds)| (name.to_owned(), bounds.to_owned()));
    text.lines().filter_map(line).collect()
}

fn names(when: &str, settings: &[&str], variables: &[(&str, &str)]) -> BTreeSet<String> {
    families(when, settings, variables).into_keys().collect()
}

/// The error of a program that ends with one.
fn error(when: &str, settings: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(when, settings, variables);
    assert!(!output.status.success(), "{settings:?} {variables:?}");
    String::from_utf8(output.stderr).expect("errors are text")
}

/// Whether a name keeps clear of all namespaces.
fn is_fixed(name: &str) -> bool {
    let of_the_library = name.starts_with("tallymark_") || name.starts_with("process_");
    of_the_library || name == "parcel_sent_total" || name == "proxy_mine_open"
}

#[test]
fn a_namespace_goes_before_every_family_under_every_naming() {
    for (naming, own_namespace, expected) in
        [("standard", "", STANDARD), ("django", "", DJANGO), ("hyperdjango", "hyperdjango_", STANDARD)]
    {
        let plain = names("", &[], &[("TALLYMARK_NAMING", naming)]);
        for family in COMMON.iter().chain(&expected) {
            assert!(plain.contains(&format!("{own_namespace}{family}")), "{naming} {family}: {plain:?}");
        }
        let spaced: BTreeSet<String> = plain
            .iter()
            .map(|name| match name.strip_prefix(own_namespace) {
                _ if is_fixed(name) => name.clone(),
                Some(rest) => format!("shop_{rest}"),
                None => panic!("{naming}: `{name}` is not in the namespace of its naming"),
            })
            .collect();
        let in_code = [format!("naming={naming}"), "namespace=shop".to_owned()];
        let in_code: Vec<&str> = in_code.iter().map(String::as_str).collect();
        let environment = [("TALLYMARK_NAMING", naming), ("TALLYMARK_NAMESPACE", "shop")];
        let of_django = [("TALLYMARK_NAMING", naming), ("PROMETHEUS_METRIC_NAMESPACE", "shop")];
        assert_eq!(names("", &[], &environment), spaced, "{naming}");
        assert_eq!(names("", &[], &of_django), spaced, "{naming}");
        assert_eq!(names("before", &in_code, &[]), spaced, "{naming}");
        // The namespace comes when all layers are there, and what is set in code goes before the environment.
        let other = [("TALLYMARK_NAMING", naming), ("TALLYMARK_NAMESPACE", "other")];
        assert_eq!(names("after", &["namespace=shop"], &other), spaced, "{naming}");
    }
}

#[test]
fn what_a_layer_sets_itself_holds_for_that_layer() {
    let all = [("TALLYMARK_NAMING", "django"), ("TALLYMARK_NAMESPACE", "shop"), ("TALLYMARK_BUCKETS", "*=3")];
    let shown = families("", &["own=till"], &all);
    for family in ["http_requests_total", "db_queries_total", "db_pool_connections", "db_migrations_pending"]
    {
        assert!(shown.contains_key(&format!("till_{family}")), "{shown:?}");
    }
    for family in
        ["till_cache_entries", "till_cache_gets_total", "shop_orders_created_total", "shop_tokio_workers"]
    {
        assert!(shown.contains_key(family), "{shown:?}");
    }
    assert!(!shown.keys().any(|name| name.contains("django") || name.contains("shop_till")), "{shown:?}");
    assert_eq!(shown["till_db_query_duration_seconds"], "[7.0]");
    assert_eq!(shown["till_db_connect_duration_seconds"], "[3.0]");
}

#[test]
fn buckets_are_set_by_family_and_by_the_beginning_of_names() {
    let check = |shown: &BTreeMap<String, String>| {
        for (family, bounds) in [
            ("db_query_duration_seconds", "[0.5]"),
            ("db_connect_duration_seconds", "[0.1, 1.0]"),
            ("db_pool_wait_seconds", "[0.1, 1.0]"),
            ("tokio_task_poll_duration_seconds", "[2.0]"),
        ] {
            // No connection was opened.
            if let Some(shown) = shown.get(family).filter(|shown| !shown.is_empty()) {
                assert_eq!(shown, bounds, "{family}");
            }
        }
        assert_eq!(shown["db_query_duration_seconds"], "[0.5]");
        assert_eq!(shown["db_pool_wait_seconds"], "[0.1, 1.0]");
        assert_ne!(shown["cache_operation_duration_seconds"], "[2.0]");
    };
    let in_code = ["db_*=0.1,1", "db_query_duration_seconds=0.5", "tokio_*=2"];
    check(&families("before", &in_code, &[]));
    check(&families("", &[], &[("TALLYMARK_BUCKETS", "tokio_*=2;db_query_duration_seconds=0.5;db_*=0.1,1")]));
    let latencies = [("PROMETHEUS_LATENCY_BUCKETS", "(.5, float(\"inf\"))"), ("TALLYMARK_NAMING", "django")];
    assert_eq!(families("", &[], &latencies)["django_db_query_duration_seconds"], "[0.5]");
}

#[test]
fn families_are_left_out_before_and_after_layers_are_built() {
    let only = ["off=*", "on=db_*", "on=http_requests_total", "off=shop_db_pool_*", "namespace=shop"];
    for when in ["before", "after"] {
        let shown = names(when, &only, &[]);
        let all = names(when, &["namespace=shop"], &[]);
        let expected: BTreeSet<String> = all
            .into_iter()
            .filter(|name| {
                *name == "shop_http_requests_total"
                    || (name.starts_with("shop_db_") && !name.starts_with("shop_db_pool_"))
            })
            .collect();
        assert_eq!(shown, expected, "{when}");
        assert_eq!(names(when, &["enabled=false"], &[]), BTreeSet::new(), "{when}");
    }
    let variables =
        [("TALLYMARK_FAMILIES_OFF", "*"), ("TALLYMARK_FAMILIES_ON", "cache_entries,mine_open,foreign_*")];
    let expected = ["cache_entries", "foreign_jobs_total", "mine_open"].map(str::to_owned);
    assert_eq!(names("", &[], &variables), BTreeSet::from(expected));
    assert_eq!(names("", &[], &[("TALLYMARK_ENABLED", "off")]), BTreeSet::new());
    assert!(!names("", &[], &[("TALLYMARK_ENABLED", "on")]).is_empty());
    let migrations = |exported| {
        let shown = names("", &[], &[("PROMETHEUS_EXPORT_MIGRATIONS", exported)]);
        shown.iter().filter(|name| name.starts_with("db_migrations_")).count()
    };
    assert_eq!((migrations("True"), migrations("False")), (3, 0));
}

#[test]
fn what_comes_too_late_is_an_error() {
    for (settings, setting) in [
        (["naming=django"], "`naming`"),
        (["db_*=1,2"], "`buckets` of `db_connect_duration_seconds`"),
        (["http_handler_duration_seconds=1"], "`buckets` of `http_handler_duration_seconds`"),
    ] {
        let error = error("after", &settings, &[]);
        assert!(error.starts_with(&format!("{setting} was set after a layer of tallymark-")), "{error}");
        assert!(error.contains("before layers are built"), "{error}");
    }
    // The same again changes nothing.
    assert!(!names("after", &["naming=django"], &[("TALLYMARK_NAMING", "django")]).is_empty());
}

#[test]
fn a_setting_that_cannot_hold_is_an_error() {
    for (settings, expected) in [
        (["namespace=My-App"], "`My-App` cannot begin the name of a metric"),
        (["off=9lives"], "`9lives` cannot be the name of a family; write one, such as"),
        (["db_*=2,1"], "the bounds for `db_*` cannot be those of buckets\nthe bucket bound 1 at index 1"),
        (["function_duration_seconds=1"], "the buckets of `function_duration_seconds` are written at"),
        (["label=module"], "`module` cannot be a constant label"),
    ] {
        let error = error("before", &settings, &[]);
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_variable_that_cannot_be_read_is_an_error_of_layers_and_of_the_configuration() {
    let variables = [("TALLYMARK_NAMING", "Django")];
    let expected = "TALLYMARK_NAMING holds \"Django\"; it may hold `standard`, `django` or `hyperdjango`\n";
    assert_eq!(error("", &[], &variables), format!("the settings of all layers cannot be read\n{expected}"));
    assert_eq!(error("before", &["namespace=shop"], &variables), expected);
}
