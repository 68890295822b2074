"""The families of django-prometheus 2.5.0 as it exposes them: name, type and help."""

FAMILIES = [
    ("django_http_requests_before_middlewares_total", "counter", "Total count of requests before middlewares run."),
    ("django_http_responses_before_middlewares_total", "counter", "Total count of responses before middlewares run."),
    (
        "django_http_requests_latency_including_middlewares_seconds", "histogram",
        "Histogram of requests processing time (including middleware processing time).",
    ),
    (
        "django_http_requests_unknown_latency_including_middlewares_total", "counter",
        "Count of requests for which the latency was unknown (when computing django_http_requests_latency_including_middlewares_seconds).",
    ),
    (
        "django_http_requests_latency_seconds_by_view_method", "histogram",
        "Histogram of request processing time labelled by view.",
    ),
    ("django_http_requests_unknown_latency_total", "counter", "Count of requests for which the latency was unknown."),
    ("django_http_ajax_requests_total", "counter", "Count of AJAX requests."),
    ("django_http_requests_total_by_method_total", "counter", "Count of requests by method."),
    ("django_http_requests_total_by_transport_total", "counter", "Count of requests by transport."),
    (
        "django_http_requests_total_by_view_transport_method_total", "counter",
        "Count of requests by view, transport, method.",
    ),
    ("django_http_requests_body_total_bytes", "histogram", "Histogram of requests by body size."),
    ("django_http_responses_total_by_templatename_total", "counter", "Count of responses by template name."),
    ("django_http_responses_total_by_status_total", "counter", "Count of responses by status."),
    (
        "django_http_responses_total_by_status_view_method_total", "counter",
        "Count of responses by status, view, method.",
    ),
    ("django_http_responses_body_total_bytes", "histogram", "Histogram of responses by body size."),
    ("django_http_responses_total_by_charset_total", "counter", "Count of responses by charset."),
    ("django_http_responses_streaming_total", "counter", "Count of streaming responses."),
    ("django_http_exceptions_total_by_type_total", "counter", "Count of exceptions by object type."),
    ("django_http_exceptions_total_by_view_total", "counter", "Count of exceptions by view."),
    ("django_model_inserts_total", "counter", "Number of insert operations by model."),
    ("django_model_updates_total", "counter", "Number of update operations by model."),
    ("django_model_deletes_total", "counter", "Number of delete operations by model."),
    ("django_migrations_unapplied_total", "gauge", "Count of unapplied migrations by database connection"),
    ("django_migrations_applied_total", "gauge", "Count of applied migrations by database connection"),
    ("django_db_new_connections_total", "counter", "Counter of created connections by database and by vendor."),
    ("django_db_new_connection_errors_total", "counter", "Counter of connection failures by database and by vendor."),
    (
        "django_db_execute_total", "counter",
        "Counter of executed statements by database and by vendor, including bulk executions.",
    ),
    (
        "django_db_execute_many_total", "counter",
        "Counter of executed statements in bulk operations by database and by vendor.",
    ),
    ("django_db_errors_total", "counter", "Counter of execution errors by database, vendor and exception type."),
    ("django_db_query_duration_seconds", "histogram", "Histogram of query duration by database and vendor."),
    ("django_cache_get_total", "counter", "Total get requests on cache"),
    ("django_cache_get_hits_total", "counter", "Total hits on cache"),
    ("django_cache_get_misses_total", "counter", "Total misses on cache"),
    ("django_cache_get_fail_total", "counter", "Total get request failures by cache"),
]
