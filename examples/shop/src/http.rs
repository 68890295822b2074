//! Requests by route template, method and status; how long they took; how many are being served.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tallymark::{Counter, Histogram, LabelSet, LabelValue, UpDownCounter, buckets, metrics};

/// The methods that the shop answers. Whatever else a client makes up is `other`.
#[derive(Clone, Copy, LabelValue, LabelSet)]
#[label(rename_all = "UPPERCASE")]
enum Method {
    Get,
    Head,
    Post,
    Delete,
    #[label(rename = "other")]
    Other,
}

impl From<&axum::http::Method> for Method {
    fn from(method: &axum::http::Method) -> Self {
        match method.as_str() {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }
}

#[derive(LabelSet)]
struct Answered<'a> {
    method: Method,
    route: &'a str,
    status: u16,
}

#[derive(LabelSet)]
struct Route<'a> {
    method: Method,
    route: &'a str,
}

#[metrics]
mod http_metrics {
    use super::{Answered, Counter, Histogram, Method, Route, UpDownCounter, buckets};

    /// Requests answered, by method, route template and status.
    pub(super) static HTTP_REQUESTS_TOTAL: Counter<Answered<'static>> = Counter::new();

    /// Time from a request's head to the head of its answer.
    pub(super) static HTTP_REQUEST_DURATION_SECONDS: Histogram<Route<'static>> = Histogram::new(buckets![
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0
    ]);

    /// Requests that are being answered.
    pub(super) static HTTP_REQUESTS_IN_FLIGHT: UpDownCounter<Method> = UpDownCounter::new();
}
use http_metrics::{HTTP_REQUEST_DURATION_SECONDS, HTTP_REQUESTS_IN_FLIGHT, HTTP_REQUESTS_TOTAL};

/// The middleware.
pub(crate) async fn measure(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let method = Method::from(request.method());
    // The template, never the path: there are as many paths as there are orders.
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let _in_flight = HTTP_REQUESTS_IN_FLIGHT.with(method).in_flight();
    let timer = HTTP_REQUEST_DURATION_SECONDS.with(Route { method, route }).start_timer();
    let response = next.run(request).await;
    timer.observe();
    HTTP_REQUESTS_TOTAL.with(Answered { method, route, status: response.status().as_u16() }).inc();
    response
}
