//! What is known of a request when it arrives.

use http::{HeaderMap, Request, Version, header};
use tallymark_core::LabelSet;

use super::Tower;
use crate::http::{RequestHead, families::Arrival, label::Method, observation::Handling, route::Route};

impl<L: LabelSet + 'static> Tower<L> {
    /// Begins to measure a request, if it is to be measured.
    #[inline]
    pub(super) fn begin<B>(&'static self, request: &Request<B>) -> Handling<L> {
        if !self.core.enabled {
            return Handling::unmeasured();
        }
        let head = RequestHead::of(request);
        let (route, matched) = self.route(&head);
        if route.is_excluded() {
            return Handling::unmeasured();
        }
        let arrival = Arrival {
            record: route.record(Method::from(head.method)),
            matched,
            transport: self.rule.of(&head),
            ajax: self.core.families.reads_content() && is_ajax(head.headers),
        };
        // gRPC is spoken over HTTP/2 only, so nobody else pays for looking.
        let grpc = head.version == Version::HTTP_2 && is_grpc(head.headers);
        Handling::begin(&self.core, arrival, (self.extract)(&head), grpc)
    }

    /// The route of a request, and whether there is one.
    #[inline]
    pub(super) fn route(&self, head: &RequestHead<'_>) -> (&'static Route, bool) {
        if let Some(route_by) = &self.route_by
            && let Some(route) = route_by(head)
        {
            return (self.core.routes.find(route), true);
        }
        #[cfg(feature = "axum")]
        if let Some(matched) = head.extensions.get::<axum::extract::MatchedPath>() {
            return (self.core.routes.find(matched.as_str()), true);
        }
        if !self.paths.is_empty()
            && let Ok(at) = self.paths.binary_search(&head.uri.path())
            && let Some(path) = self.paths.get(at)
        {
            return (self.core.routes.find(path), true);
        }
        (self.core.routes.unmatched(), false)
    }
}

/// Source: "gRPC over HTTP2", Requests.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let rest = kind.and_then(|kind| kind.strip_prefix(b"application/grpc"));
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

fn is_ajax(headers: &HeaderMap) -> bool {
    headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest")
}
