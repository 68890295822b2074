//! Families for a framework whose requests are not those of tower services.

use std::fmt;

use tallymark_core::{HistogramHandle, LabelSet};

use crate::{
    builder::Builder,
    current,
    error::BuildError,
    families::Arrival,
    label::{MethodLabel, Transport},
    observation::{Beginning, Handling, Waiting},
    route::Route,
    state::LayerState,
    transport::TransportRule,
    work::Work,
};

/// The families of a service of another framework, declared. It lives as long as the program.
pub struct ForeignMetrics<L: LabelSet + 'static> {
    state: LayerState<L>,
    rule: TransportRule,
}

/// A request of another framework.
#[derive(Clone, Copy, Debug)]
pub struct ForeignRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The template that will probably take it, as far as can be said before the framework has routed it.
    pub template: Option<&'a str>,
    /// What else is known.
    pub arrival: Arrival,
}

impl<L: LabelSet + 'static> ForeignMetrics<L> {
    /// Declares the families as a builder says.
    ///
    /// # Errors
    ///
    /// See [`BuildError`]; [`BuildError::TowerOnly`] if a setting reads requests of tower services.
    pub fn build(builder: Builder) -> Result<&'static Self, BuildError> {
        let (state, parts) = builder.into_foreign()?;
        Ok(Box::leak(Box::new(Self { state, rule: parts.rule })))
    }

    /// Records that there is middleware at the handlers.
    pub fn has_handler_layer(&self) {
        self.state.has_handler_layer();
    }

    /// Whether templates, charsets and scripts are counted.
    pub fn reads_content(&self) -> bool {
        self.state.families.reads_content()
    }

    /// Whether anything is counted.
    pub fn is_enabled(&self) -> bool {
        self.state.enabled
    }

    /// Whether this thread is within a request that is counted in these families.
    pub fn is_within(&self) -> bool {
        current::is_within(self.state.id)
    }

    /// Returns the transport of a request. `field` returns the last header field of a name; `encrypted` says that the
    /// listener speaks TLS.
    pub fn transport<'a>(
        &self,
        field: impl Fn(&'static str) -> Option<&'a str>,
        scheme: Option<&str>,
        encrypted: bool,
    ) -> Transport {
        self.rule.of_foreign(field, scheme, encrypted)
    }

    /// Returns the histogram of sizes of request bodies, if the request is measured.
    pub fn request_body(&self, waiting: &mut Waiting<L>) -> Option<HistogramHandle> {
        self.state.families.request_body(waiting.own()?)
    }

    /// Begins to measure a request.
    pub fn begin(&'static self, request: ForeignRequest<'_>, own: L) -> Waiting<L> {
        let route = self.route(request.template);
        let record = route.record(MethodLabel::named(request.method));
        let excluded = route.is_excluded();
        Waiting::begin(
            &self.state,
            Beginning { record, excluded, is_final: false, arrival: request.arrival },
            own,
        )
    }

    /// Begins to measure a handler.
    pub fn work(&'static self, method: &str, template: Option<&str>, own: L) -> Work<L> {
        let route = self.route(template);
        Work::begin(&self.state, route.record(MethodLabel::named(method)), route.is_excluded(), own)
    }

    /// Runs code that makes the future of a request.
    pub fn call<R>(&'static self, waiting: &mut Waiting<L>, code: impl FnOnce() -> R) -> R {
        let guard = waiting.call(self.state.id);
        let made = code();
        let told = guard.leave();
        waiting.learn(told);
        made
    }

    /// Runs code that polls the future of a request.
    pub fn poll<R>(&'static self, handling: &mut Handling<L>, code: impl FnOnce() -> R) -> R {
        let running = handling.poll(self.state.id);
        let polled = code();
        let told = running.leave();
        handling.learn(told);
        polled
    }

    fn route(&self, template: Option<&str>) -> &'static Route {
        let routes = &self.state.routes;
        template.map_or_else(|| routes.unmatched(), |template| routes.find(template))
    }
}

impl<L: LabelSet + 'static> fmt::Debug for ForeignMetrics<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignMetrics").field("state", &self.state).finish_non_exhaustive()
    }
}
