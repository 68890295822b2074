//! What the layers for tower services share.

use http::{Extensions, HeaderMap, HeaderValue, Request, Version, header};
use tallymark_core::LabelSet;

use super::bodies::RouteTemplates;
use crate::{
    families::Arrival,
    head::{RequestHead, ResponseHead},
    label::{MethodLabel, Transport},
    observation::{Beginning, Handling, Waiting, routed},
    record::Record,
    route::Route,
    state::LayerState,
    transport::TransportRule,
    work::Work,
};

/// The application's labels of a request.
pub(crate) enum ExtraLabels<L> {
    /// The labels of all requests, so that the head of a request need not be put together.
    Constant(fn() -> L),
    FromRequest(Box<dyn Fn(&RequestHead<'_>) -> L + Send + Sync>),
}

impl<L> ExtraLabels<L> {
    #[inline]
    fn of<B>(&self, request: &Request<B>) -> L {
        match self {
            Self::Constant(labels) => labels(),
            Self::FromRequest(labels) => labels(&RequestHead::of(request)),
        }
    }
}

/// Closures of the builder.
pub(crate) type Amend<L> = dyn Fn(&mut L, &ResponseHead<'_>) + Send + Sync;
pub(crate) type RouteBy = dyn Fn(&RequestHead<'_>) -> Option<&'static str> + Send + Sync;
pub(crate) type TemplateBy = fn(&Extensions) -> Option<&str>;

/// What the layers for tower services share.
pub(crate) struct Tower<L: LabelSet + 'static> {
    pub(crate) state: LayerState<L>,
    pub(crate) labels: ExtraLabels<L>,
    pub(crate) amend: Option<Box<Amend<L>>>,
    pub(crate) rule: TransportRule,
    pub(crate) route_by: Option<Box<RouteBy>>,
    pub(crate) template_by: Option<TemplateBy>,
}

/// The route of a request, as far as is known.
struct Found {
    route: &'static Route,
    /// Whether the program named it, over whatever a router says.
    is_final: bool,
}

impl<L: LabelSet + 'static> Tower<L> {
    /// Begins to measure a request that is within none of these families, if it is to be measured.
    #[inline]
    pub(super) fn begin<R: RouteTemplates, B>(&'static self, request: &Request<B>) -> Waiting<L> {
        let Found { route, is_final } = self.route::<R, B>(request);
        // A router further in may yet find a route for a request that none took so far.
        let excluded = route.is_excluded();
        if excluded && (is_final || !std::ptr::eq(route, self.state.routes.unmatched())) {
            return Waiting::unmeasured();
        }
        let method = MethodLabel::from(request.method());
        // gRPC is spoken over HTTP/2 and later only, so nobody else pays for looking.
        let may_be_grpc = method == MethodLabel::Post && request.version() >= Version::HTTP_2;
        let is_call = may_be_grpc && is_grpc(request.headers());
        let beginning = Beginning {
            record: if is_call { route.calls() } else { route.record(method) },
            excluded,
            is_final,
            arrival: Arrival {
                transport: self.transport(request),
                ajax: self.state.families.reads_content() && is_ajax(request.headers()),
            },
        };
        Waiting::begin(&self.state, beginning, self.labels.of(request))
    }

    #[inline]
    fn transport<B>(&self, request: &Request<B>) -> Transport {
        if self.rule.trusts_nobody() {
            self.rule.of_target(request.uri())
        } else {
            self.rule.of(&RequestHead::of(request))
        }
    }

    /// Begins to measure a handler, if it is to be measured.
    #[inline]
    pub(super) fn work<R: RouteTemplates, B>(&'static self, request: &Request<B>) -> Work<L> {
        if !self.state.enabled {
            return Work::unmeasured();
        }
        let route = self.route::<R, B>(request).route;
        let record = route.record(MethodLabel::from(request.method()));
        Work::begin(&self.state, record, route.is_excluded(), self.labels.of(request))
    }

    /// Returns what is kept for the route that is known when a request arrives, for a layer around this one.
    #[inline]
    pub(super) fn known_record<R: RouteTemplates, B>(&self, request: &Request<B>) -> Option<&'static Record> {
        routed(self.route::<R, B>(request).route.record(MethodLabel::from(request.method())))
    }

    #[inline]
    fn route<R: RouteTemplates, B>(&self, request: &Request<B>) -> Found {
        let routes = &self.state.routes;
        if let Some(route_by) = &self.route_by {
            if let Some(route) = route_by(&RequestHead::of(request)) {
                return Found { route: routes.find(route), is_final: true };
            }
        }
        let route = match self.template::<R>(request.extensions()) {
            Some(template) => routes.find(template),
            None => routes.of_path(request.uri().path()).unwrap_or_else(|| routes.unmatched()),
        };
        Found { route, is_final: false }
    }

    /// Looks for the template that a router further in has left in a response.
    #[inline(never)]
    pub(super) fn find_template<R: RouteTemplates>(
        &self,
        handling: &mut Handling<L>,
        extensions: &Extensions,
    ) {
        if let Some(template) = self.template::<R>(extensions) {
            handling.routed(template);
        }
    }

    /// Returns the template that a router attached to a request, or to a response.
    #[inline]
    pub(super) fn template<'a, R: RouteTemplates>(&self, extensions: &'a Extensions) -> Option<&'a str> {
        R::template(extensions).or_else(|| self.template_by?(extensions))
    }
}

/// Whether a `POST` is a gRPC call. Source: "gRPC over HTTP2", Requests.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let rest = kind.and_then(|kind| kind.strip_prefix(b"application/grpc"));
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

fn is_ajax(headers: &HeaderMap) -> bool {
    headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest")
}
