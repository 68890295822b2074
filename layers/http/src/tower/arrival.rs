//! What is known of a request when it arrives.

use http::{HeaderMap, Request, Version, header};
use tallymark_core::LabelSet;

use super::Tower;
use crate::{
    RequestHead, Transport, families::Arrival, label::Method, observation::Handling, route::Route,
};

impl<L: LabelSet + 'static> Tower<L> {
    /// Begins to measure a request, if it is to be measured.
    #[inline]
    pub(super) fn begin<B>(&'static self, request: &Request<B>) -> Handling<L> {
        if !self.core.enabled {
            return Handling::unmeasured();
        }
        let (route, matched) = self.route(request);
        if route.is_excluded() {
            return Handling::unmeasured();
        }
        let method = Method::from(request.method());
        // gRPC is spoken over HTTP/2 only, so nobody else pays for looking.
        let grpc =
            request.version() == Version::HTTP_2 && method == Method::Post && is_grpc(request.headers());
        let arrival = Arrival {
            record: if grpc { route.calls() } else { route.record(method) },
            matched,
            transport: self.transport(request),
            ajax: self.core.families.reads_content() && is_ajax(request.headers()),
        };
        Handling::begin(&self.core, arrival, self.own.of(request))
    }

    /// The route of a request, and whether there is one.
    #[inline]
    pub(super) fn route<B>(&self, request: &Request<B>) -> (&'static Route, bool) {
        if let Some(route_by) = &self.route_by
            && let Some(route) = route_by(&RequestHead::of(request))
        {
            return (self.core.routes.find(route), true);
        }
        #[cfg(feature = "axum")]
        if let Some(matched) = request.extensions().get::<axum::extract::MatchedPath>() {
            return (self.core.routes.find(matched.as_str()), true);
        }
        match self.core.routes.of_path(request.uri().path()) {
            Some(route) => (route, true),
            None => (self.core.routes.unmatched(), false),
        }
    }

    #[inline]
    fn transport<B>(&self, request: &Request<B>) -> Transport {
        if self.rule.trusts_nobody() {
            self.rule.of_target(request.uri())
        } else {
            self.rule.of(&RequestHead::of(request))
        }
    }
}

/// Whether a `POST` is a gRPC call. Source: "gRPC over HTTP2", Requests.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let rest = kind.and_then(|kind| kind.strip_prefix(b"application/grpc"));
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

fn is_ajax(headers: &HeaderMap) -> bool {
    headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest")
}
