//! What both middlewares share.

use std::fmt;

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
};
use tallymark_core::LabelSet;
use tallymark_http::{
    __adapter::{Arrival, ForeignMetrics, ForeignRequest, UNMATCHED, Waiting, Work},
    Transport,
};

use crate::recent::RecentTemplates;

type Extract<L> = dyn Fn(&ServiceRequest) -> L + Send + Sync;

/// The families of an application, and how labels come from its requests. Lives as long as the program.
pub(crate) struct Shared<L: LabelSet + 'static> {
    pub(crate) metrics: &'static ForeignMetrics<L>,
    pub(crate) labels: Box<Extract<L>>,
}

impl<L: LabelSet + 'static> Shared<L> {
    /// Begins to measure a request, if it is to be measured.
    pub(crate) fn begin(&self, request: &ServiceRequest, recent: &RecentTemplates) -> Waiting<L> {
        if !self.metrics.is_enabled() || self.metrics.is_within() {
            return Waiting::unmeasured();
        }
        let arrival = Arrival {
            transport: self.transport(request),
            ajax: self.metrics.reads_content()
                && request.headers().get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest"),
        };
        // The application's closure runs first, since it may do anything, and the templates are borrowed then.
        let own = (self.labels)(request);
        recent.with(request, |template| {
            let method = request.method().as_str();
            self.metrics.begin(ForeignRequest { method, template, arrival }, own)
        })
    }

    /// Begins to measure a handler, if it is to be measured.
    pub(crate) fn work(&self, request: &ServiceRequest, recent: &RecentTemplates) -> Work<L> {
        if !self.metrics.is_enabled() {
            return Work::unmeasured();
        }
        let own = (self.labels)(request);
        recent.with(request, |template| self.metrics.work(request.method().as_str(), template, own))
    }

    /// See [`TransportRule`](tallymark_http::TransportRule).
    fn transport(&self, request: &ServiceRequest) -> Transport {
        let field = |name| last(request.headers(), name);
        self.metrics.transport(field, request.uri().scheme_str(), request.app_config().secure())
    }
}

/// Calls `f` with the route of a request that has a response: only now has actix-web routed it, by paths that middleware may
/// have changed and by guards.
pub(crate) fn template<B>(response: &ServiceResponse<B>, f: impl FnOnce(&str)) {
    f(response.request().match_pattern().as_deref().unwrap_or(UNMATCHED));
}

fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).next_back()?.to_str().ok()
}

impl<L: LabelSet + 'static> fmt::Debug for Shared<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("metrics", self.metrics).finish_non_exhaustive()
    }
}
