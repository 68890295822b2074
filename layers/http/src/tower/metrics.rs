//! The families of a tower service, declared.

use std::fmt;

use tallymark_core::LabelSet;

use super::{handler::HandlerLayer, layer::HttpLayer, state::Tower};

/// The families of an HTTP service, declared. Made by [`Builder::build`](crate::Builder::build); what measures is
/// its [`layer`](HttpMetrics::layer).
///
/// It is a reference to something that lives as long as the program, so it can be copied freely.
pub struct HttpMetrics<L: LabelSet + 'static = ()>(&'static Tower<L>);

impl<L: LabelSet + 'static> HttpMetrics<L> {
    pub(crate) fn new(tower: Tower<L>) -> Self {
        Self(Box::leak(Box::new(tower)))
    }

    /// Returns the layer that measures requests. It belongs around everything else.
    ///
    /// A request that passes several layers of one namespace is counted by the outermost, wherever they are. One that
    /// is behind a router lets the outermost know the route.
    pub fn layer(&self) -> HttpLayer<L> {
        HttpLayer::new(self.0)
    }

    /// Returns the layer that measures handlers, for `http_handler_duration_seconds`. It belongs right around them, inside
    /// all middleware, and never counts requests, so the two cannot be mixed up.
    pub fn handler_layer(&self) -> HandlerLayer<L> {
        self.handler_layer_for()
    }

    /// Returns the layer that measures requests of a framework.
    #[doc(hidden)]
    pub fn layer_for<R>(&self) -> HttpLayer<L, R> {
        HttpLayer::new(self.0)
    }

    /// Returns the layer that measures handlers of a framework.
    #[doc(hidden)]
    pub fn handler_layer_for<R>(&self) -> HandlerLayer<L, R> {
        self.0.state.has_handler_layer();
        HandlerLayer::new(self.0)
    }
}

impl<L: LabelSet + 'static> Clone for HttpMetrics<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet + 'static> Copy for HttpMetrics<L> {}

impl<L: LabelSet + 'static> fmt::Debug for HttpMetrics<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMetrics").field("state", &self.0.state).finish_non_exhaustive()
    }
}
