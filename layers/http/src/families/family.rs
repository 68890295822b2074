//! The families by what they count, to be switched off one by one.

/// A family of the layer, to be left out: see [`Builder::without`](crate::Builder::without).
///
/// Beside each, its name and its equivalents under [`Naming::Django`](tallymark_core::Naming::Django).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpFamily {
    /// `http_requests_received_total`; Django: `django_http_requests_before_middlewares_total`,
    /// `django_http_requests_total_by_method_total`, `…_by_transport_total`, `…_by_view_transport_method_total`.
    Received,
    /// `http_requests_total`; Django: `django_http_responses_before_middlewares_total`,
    /// `django_http_responses_total_by_status_total`, `…_by_status_view_method_total`.
    Requests,
    /// `http_request_duration_seconds`; Django: `django_http_requests_latency_including_middlewares_seconds`.
    Duration,
    /// `http_handler_duration_seconds`; Django: `django_http_requests_latency_seconds_by_view_method`.
    HandlerDuration,
    /// `http_requests_in_flight`; Django has none.
    InFlight,
    /// `http_request_body_bytes`; Django: `django_http_requests_body_total_bytes`.
    RequestBody,
    /// `http_response_body_bytes`; Django: `django_http_responses_body_total_bytes`.
    ResponseBody,
    /// `http_requests_cancelled_total`; Django has none.
    Cancelled,
    /// `http_response_bodies_dropped_total`; Django has none.
    DroppedBodies,
    /// `http_exceptions_total`; Django: `django_http_exceptions_total_by_type_total`, `…_by_view_total`.
    Exceptions,
    /// `http_streaming_responses_total`; Django: `django_http_responses_streaming_total`.
    Streaming,
    /// `grpc_requests_total`; Django has none.
    Grpc,
    /// Django's `django_http_requests_unknown_latency_including_middlewares_total` and
    /// `django_http_requests_unknown_latency_total`, which stay at 0: every request has a beginning here.
    UnknownLatency,
    /// Django's `django_http_ajax_requests_total`.
    Ajax,
    /// Django's `django_http_responses_total_by_templatename_total`.
    Template,
    /// Django's `django_http_responses_total_by_charset_total`.
    Charset,
}

/// Which families were chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen(u32);

impl Chosen {
    pub(crate) const ALL: Self = Self(u32::MAX);

    pub(crate) fn without(self, family: HttpFamily) -> Self {
        Self(self.0 & !(1 << family as u32))
    }

    pub(crate) fn has(self, family: HttpFamily) -> bool {
        self.0 & (1 << family as u32) != 0
    }
}
