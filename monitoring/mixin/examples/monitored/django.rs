//! The families of a service whose layers use the names of django-prometheus.

use tallymark_core::{
    Counter, Histogram, IntGauge, LabelSet as _, Place, buckets, place,
    registry::{Declaration, DeclareError},
};
use tallymark_derive::LabelSet;

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Method<'a> {
    pub(crate) method: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Status<'a> {
    pub(crate) status: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct StatusViewMethod<'a> {
    pub(crate) status: &'a str,
    pub(crate) view: &'a str,
    pub(crate) method: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct ViewMethod<'a> {
    pub(crate) view: &'a str,
    pub(crate) method: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Alias<'a> {
    pub(crate) alias: &'a str,
    pub(crate) vendor: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct AliasType<'a> {
    pub(crate) alias: &'a str,
    pub(crate) vendor: &'a str,
    #[label(rename = "type")]
    pub(crate) kind: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Backend<'a> {
    pub(crate) backend: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Connection<'a> {
    pub(crate) connection: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct PaymentFailure<'a> {
    pub(crate) payment_provider: &'a str,
    pub(crate) failure_reason: &'a str,
}

/// Declares them all.
pub(crate) fn declare() -> Result<(), DeclareError> {
    let latency = || {
        Histogram::<()>::new(buckets![
            0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0
        ])
    };
    let bounds = latency().buckets();
    let of = |package, name: &str, help: &str| {
        let place = Place { package, ..place!() };
        Declaration::new(name, help, place).exact()
    };
    let http = |name: &str, help: &str| of("tallymark-http", name, help);
    let db = |name: &str, help: &str| of("tallymark-db", name, help);
    let cache = |name: &str, help: &str| of("tallymark-cache", name, help);
    debug_assert_eq!(Method::NAMES, ["method"], "as in django-prometheus");
    http("django_http_requests_total_by_method_total", "Count of requests by method.")
        .declare(Counter::<Method<'static>>::new)?;
    http("django_http_responses_total_by_status_total", "Count of responses by status.")
        .declare(Counter::<Status<'static>>::new)?;
    http(
        "django_http_responses_total_by_status_view_method_total",
        "Count of responses by status, view, method.",
    )
    .declare(Counter::<StatusViewMethod<'static>>::new)?;
    http(
        "django_http_requests_latency_including_middlewares_seconds",
        "Histogram of requests processing time (including middleware processing time).",
    )
    .declare(latency)?;
    http(
        "django_http_requests_latency_seconds_by_view_method",
        "Histogram of request processing time labelled by view.",
    )
    .declare(|| Histogram::<ViewMethod<'static>>::new(bounds))?;
    db("django_db_execute_total", "Counter of executed statements by database and by vendor.")
        .declare(Counter::<Alias<'static>>::new)?;
    db("django_db_errors_total", "Counter of execution errors by database, vendor and exception type.")
        .declare(Counter::<AliasType<'static>>::new)?;
    db("django_db_query_duration_seconds", "Histogram of query duration by database and vendor.")
        .declare(|| Histogram::<Alias<'static>>::new(bounds))?;
    db("django_db_new_connections_total", "Counter of created connections by database and by vendor.")
        .declare(Counter::<Alias<'static>>::new)?;
    db("django_db_new_connection_errors_total", "Counter of connection failures by database and by vendor.")
        .declare(Counter::<Alias<'static>>::new)?;
    cache("django_cache_get_total", "Total get requests on cache")
        .declare(Counter::<Backend<'static>>::new)?;
    cache("django_cache_get_hits_total", "Total hits on cache").declare(Counter::<Backend<'static>>::new)?;
    db("django_migrations_unapplied_total", "Count of unapplied migrations by database connection")
        .declare(IntGauge::<Connection<'static>>::new)?;
    db("django_migrations_applied_total", "Count of applied migrations by database connection")
        .declare(IntGauge::<Connection<'static>>::new)?;
    of("shop", "myapp_payments_failed_total", "Total payment failures")
        .declare(Counter::<PaymentFailure<'static>>::new)?;
    Ok(())
}
