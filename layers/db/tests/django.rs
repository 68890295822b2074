//! The names of django-prometheus. They take the place of the standard ones, so they are tested in a program of their own.

#![allow(dead_code, reason = "models are counted by their tables; nobody makes rows of them here")]

use tallymark::{
    ModelMetrics,
    registry::{self, Format, snapshot},
};
use tallymark_db::{Database, ErrorKind, Naming, Vendor};

#[derive(ModelMetrics)]
#[model(name = "lawn", table = "garden_lawn")]
struct Lawn;

fn counter(name: &str, labels: &[(&str, &str)]) -> Option<u64> {
    snapshot().counter(name, labels)
}

fn database(namespace: Option<&str>) -> Database {
    let builder = Database::builder("default").vendor(Vendor::Postgresql).naming(Naming::Django);
    match namespace {
        Some(namespace) => builder.namespace(namespace),
        None => builder,
    }
    .build()
    .expect("good settings")
}

#[test]
fn names_labels_help_and_buckets_are_exact() {
    let database = database(None);
    database.statement("SELECT 1").finish(None);
    database.statement("INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)").finish(None);
    database.statement("SELECT 1").fail(ErrorKind::Unique);
    database.connection_opened();
    database.connection_failed(ErrorKind::Connection);
    database.statement("INSERT INTO garden_lawn VALUES (1), (2)").finish(Some(2));

    let text = registry::encode_to_string(Format::Text004);
    for line in [
        "# HELP django_db_new_connections_total Counter of created connections by database and by vendor.",
        "django_db_new_connections_total{alias=\"default\",vendor=\"postgresql\"} 1",
        "# HELP django_db_new_connection_errors_total Counter of connection failures by database and by vendor.",
        "django_db_new_connection_errors_total{alias=\"default\",vendor=\"postgresql\"} 1",
        "# HELP django_db_execute_total Counter of executed statements by database and by vendor, including bulk executions.",
        "django_db_execute_total{alias=\"default\",vendor=\"postgresql\"} 5",
        "# HELP django_db_execute_many_total Counter of executed statements in bulk operations by database and by vendor.",
        "django_db_execute_many_total{alias=\"default\",vendor=\"postgresql\"} 2",
        "# HELP django_db_errors_total Counter of execution errors by database, vendor and exception type.",
        "django_db_errors_total{alias=\"default\",vendor=\"postgresql\",type=\"IntegrityError\"} 1",
        "# HELP django_db_query_duration_seconds Histogram of query duration by database and vendor.",
        "django_db_query_duration_seconds_count{alias=\"default\",vendor=\"postgresql\"} 4",
        "# HELP django_model_inserts_total Number of insert operations by model.",
        "django_model_inserts_total{model=\"lawn\"} 2",
        "# HELP django_model_updates_total Number of update operations by model.",
        "django_model_updates_total{model=\"lawn\"} 0",
        "# HELP django_model_deletes_total Number of delete operations by model.",
        "django_model_deletes_total{model=\"lawn\"} 0",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    let bounds = text
        .lines()
        .filter_map(|line| line.strip_prefix("django_db_query_duration_seconds_bucket{"))
        .filter_map(|line| line.split("le=\"").nth(1)?.split('"').next());
    assert!(bounds.eq([
        "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5", "7.5", "10", "25",
        "50", "75", "+Inf",
    ]));
    for standard in ["\nmodel_inserts_total", "\ndb_queries_total", "\ndb_connections_opened_total"] {
        assert!(!text.contains(standard), "{standard}");
    }
}

#[test]
fn a_namespace_stands_before_the_names() {
    let database = database(Some("shop"));
    database.statement("SELECT 1").finish(None);
    let labels = [("alias", "default"), ("vendor", "postgresql")];
    assert_eq!(counter("shop_django_db_execute_total", &labels), Some(1));
    assert!(counter("shop_django_model_updates_total", &[("model", "lawn")]).is_some());
}
