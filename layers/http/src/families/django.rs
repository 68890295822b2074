//! The families with the names, labels and help texts of django-prometheus 2.5.0.

use tallymark_core::{HistogramHandle, LabelSet, Observe, registry::DeclareError};

use super::{
    event::{Arrival, End},
    settings::{CounterOf, HistogramOf, Settings, text},
};
use crate::{
    label::{
        ByCharset, ByStatus, ByTemplate, ByTransport, ByType, ByView, DjangoByMethod, DjangoMethod, Status,
        Transport, ViewAndMethod, ViewStatusMethod, ViewTransportMethod, With,
    },
    record::{Record, Statuses},
    route::UNMATCHED,
};

/// The families. Each is there unless it was left out.
pub(crate) struct Django<L: LabelSet + 'static> {
    requests: Option<CounterOf<(), L>>,
    responses: Option<CounterOf<(), L>>,
    latency: Option<HistogramOf<(), L>>,
    view_latency: Option<HistogramOf<ViewAndMethod<'static>, L>>,
    ajax: Option<CounterOf<(), L>>,
    methods: Option<CounterOf<DjangoByMethod, L>>,
    transports: Option<CounterOf<ByTransport, L>>,
    views: Option<CounterOf<ViewTransportMethod<'static>, L>>,
    request_body: Option<HistogramOf<(), L>>,
    templates: Option<CounterOf<ByTemplate<'static>, L>>,
    statuses: Option<CounterOf<ByStatus, L>>,
    view_statuses: Option<CounterOf<ViewStatusMethod<'static>, L>>,
    response_body: Option<HistogramOf<(), L>>,
    charsets: Option<CounterOf<ByCharset<'static>, L>>,
    streaming: Option<CounterOf<(), L>>,
    exception_types: Option<CounterOf<ByType<'static>, L>>,
    exception_views: Option<CounterOf<ByView<'static>, L>>,
    /// The series of `statuses`.
    kept: Statuses,
    quirks: bool,
}

impl<L: LabelSet + 'static> Django<L> {
    pub(super) fn declare(settings: &Settings) -> Result<Self, DeclareError> {
        // Nothing to count: every request has a beginning. They are shown because dashboards subtract them.
        settings.counter::<(), L>(text!(
            UnknownLatency,
            "django_http_requests_unknown_latency_including_middlewares_total",
            "Count of requests for which the latency was unknown (when computing \
             django_http_requests_latency_including_middlewares_seconds)."
        ))?;
        settings.counter::<(), L>(text!(
            UnknownLatency,
            "django_http_requests_unknown_latency_total",
            "Count of requests for which the latency was unknown."
        ))?;
        Ok(Self {
            requests: settings.counter(text!(
                Received,
                "django_http_requests_before_middlewares_total",
                "Total count of requests before middlewares run."
            ))?,
            responses: settings.counter(text!(
                Requests,
                "django_http_responses_before_middlewares_total",
                "Total count of responses before middlewares run."
            ))?,
            latency: settings.duration(text!(
                Duration,
                "django_http_requests_latency_including_middlewares_seconds",
                "Histogram of requests processing time (including middleware processing time)."
            ))?,
            view_latency: settings.duration(text!(
                HandlerDuration,
                "django_http_requests_latency_seconds_by_view_method",
                "Histogram of request processing time labelled by view."
            ))?,
            ajax: settings.counter(text!(
                Ajax,
                "django_http_ajax_requests_total",
                "Count of AJAX requests."
            ))?,
            methods: settings.counter(text!(
                Received,
                "django_http_requests_total_by_method_total",
                "Count of requests by method."
            ))?,
            transports: settings.counter(text!(
                Received,
                "django_http_requests_total_by_transport_total",
                "Count of requests by transport."
            ))?,
            views: settings.counter(text!(
                Received,
                "django_http_requests_total_by_view_transport_method_total",
                "Count of requests by view, transport, method."
            ))?,
            request_body: settings.size(text!(
                RequestBody,
                "django_http_requests_body_total_bytes",
                "Histogram of requests by body size."
            ))?,
            templates: settings.counter(text!(
                Template,
                "django_http_responses_total_by_templatename_total",
                "Count of responses by template name."
            ))?,
            statuses: settings.counter(text!(
                Requests,
                "django_http_responses_total_by_status_total",
                "Count of responses by status."
            ))?,
            view_statuses: settings.counter(text!(
                Requests,
                "django_http_responses_total_by_status_view_method_total",
                "Count of responses by status, view, method."
            ))?,
            response_body: settings.size(text!(
                ResponseBody,
                "django_http_responses_body_total_bytes",
                "Histogram of responses by body size."
            ))?,
            charsets: settings.counter(text!(
                Charset,
                "django_http_responses_total_by_charset_total",
                "Count of responses by charset."
            ))?,
            streaming: settings.counter(text!(
                Streaming,
                "django_http_responses_streaming_total",
                "Count of streaming responses."
            ))?,
            exception_types: settings.counter(text!(
                Exceptions,
                "django_http_exceptions_total_by_type_total",
                "Count of exceptions by object type."
            ))?,
            exception_views: settings.counter(text!(
                Exceptions,
                "django_http_exceptions_total_by_view_total",
                "Count of exceptions by view."
            ))?,
            kept: Statuses::default(),
            quirks: settings.quirks,
        })
    }

    pub(super) fn received(&self, record: &'static Record, arrival: Arrival, own: &L) {
        let Arrival { transport, ajax } = arrival;
        let method = DjangoMethod(record.method);
        if let Some(requests) = self.requests {
            requests.with(With { base: (), own }).inc();
        }
        if let Some(methods) = self.methods {
            methods.with(With { base: DjangoByMethod { method }, own }).inc();
        }
        if let Some(transports) = self.transports {
            transports.with(With { base: ByTransport { transport }, own }).inc();
        }
        if let (true, Some(ajax)) = (ajax, self.ajax) {
            ajax.with(With { base: (), own }).inc();
        }
    }

    pub(super) fn ended(&self, record: &'static Record, own: &L, end: End<'_>) {
        if let Some(latency) = self.latency {
            latency.with(With { base: (), own }).observe_elapsed(end.seconds);
        }
        self.viewed(record, own, end.transport);
        if let Some(error) = end.error {
            self.exception(record, own, error);
            if self.quirks {
                self.handled(record, own, end.seconds);
            }
        }
        let status = end.status;
        if status == Status::NONE {
            return;
        }
        if let Some(responses) = self.responses {
            responses.with(With { base: (), own }).inc();
        }
        if let Some(statuses) = self.statuses {
            let look_up =
                || self.kept.keep::<L>(status, statuses.with(With { base: ByStatus { status }, own }));
            self.kept.get::<L>(status).unwrap_or_else(look_up).inc();
        }
        if let Some(statuses) = self.view_statuses {
            let look_up = || {
                let base =
                    ViewStatusMethod { status, view: view(record), method: DjangoMethod(record.method) };
                record.statuses.keep::<L>(status, statuses.with(With { base, own }))
            };
            record.statuses.get::<L>(status).unwrap_or_else(look_up).inc();
        }
        if let (true, Some(streaming)) = (end.streaming, self.streaming) {
            streaming.with(With { base: (), own }).inc();
        }
    }

    /// Counts a request that a view took. Which one that is, a router further in may only know by now.
    fn viewed(&self, record: &'static Record, own: &L, transport: Transport) {
        if record.route == UNMATCHED {
            return;
        }
        if let (Some(views), Some(cached)) = (self.views, record.transports.get(transport as usize)) {
            let method = DjangoMethod(record.method);
            let base = ViewTransportMethod { view: record.route, transport, method };
            cached.get::<L>().unwrap_or_else(|| cached.keep::<L>(views.with(With { base, own }))).inc();
        }
    }

    pub(super) fn described(&self, own: &L, template: Option<&'static str>, charset: Option<&'static str>) {
        if let (Some(templates), Some(templatename)) = (self.templates, template) {
            templates.with(With { base: ByTemplate { templatename }, own }).inc();
        }
        if let (Some(charsets), Some(charset)) = (self.charsets, charset) {
            charsets.with(With { base: ByCharset { charset }, own }).inc();
        }
    }

    pub(super) fn handled(&self, record: &'static Record, own: &L, seconds: f64) {
        if let Some(latency) = self.view_latency {
            let base = ViewAndMethod { view: view(record), method: DjangoMethod(record.method) };
            let look_up = || record.handler.keep::<L>(latency.with(With { base, own }));
            record.handler.get::<L>().unwrap_or_else(look_up).observe_elapsed(seconds);
        }
    }

    #[cold]
    pub(super) fn exception(&self, record: &'static Record, own: &L, error: &str) {
        if let Some(types) = self.exception_types {
            types.with(With { base: ByType { error }, own }).inc();
        }
        if let (Some(views), true) = (self.exception_views, record.route != UNMATCHED) {
            views.with(With { base: ByView { view: record.route }, own }).inc();
        }
    }

    pub(super) fn request_body(&self, own: &L) -> Option<HistogramHandle> {
        self.request_body.map(|family| family.with(With { base: (), own }))
    }

    pub(super) fn response_body(&self, own: &L) -> Option<HistogramHandle> {
        self.response_body.map(|family| family.with(With { base: (), own }))
    }
}

/// Returns the label of a route; django-prometheus has a word of its own for a request that no view took.
fn view(record: &'static Record) -> &'static str {
    if record.route == UNMATCHED { "<unnamed view>" } else { record.route }
}
