//! The layer around a whole service.

use std::{fmt, marker::PhantomData};

use tallymark_core::LabelSet;
use tower_layer::Layer;

use super::{
    bodies::{CountedBodies, DeclaredBodies},
    service::HttpService,
    state::Tower,
};

/// Measures the requests of a tower service. Made by [`HttpMetrics::layer`](crate::HttpMetrics::layer).
///
/// The service within gets requests with a [`RequestBody`](crate::RequestBody). One that needs another type of body is
/// wrapped by [`keep_request_body`](HttpLayer::keep_request_body).
pub struct HttpLayer<L: LabelSet + 'static = (), R = CountedBodies> {
    tower: &'static Tower<L>,
    bodies: PhantomData<fn() -> R>,
}

impl<L: LabelSet + 'static> HttpLayer<L> {
    /// Leaves the bodies of requests as they are, and takes their length as declared instead of counting bytes.
    #[must_use]
    pub fn keep_request_body(self) -> HttpLayer<L, DeclaredBodies> {
        HttpLayer::new(self.tower)
    }
}

impl<L: LabelSet + 'static, R> HttpLayer<L, R> {
    pub(super) fn new(tower: &'static Tower<L>) -> Self {
        Self { tower, bodies: PhantomData }
    }
}

impl<S, L: LabelSet + 'static, R> Layer<S> for HttpLayer<L, R> {
    type Service = HttpService<S, L, R>;

    fn layer(&self, inner: S) -> HttpService<S, L, R> {
        HttpService::new(inner, self.tower)
    }
}

impl<L: LabelSet + 'static, R> Clone for HttpLayer<L, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet + 'static, R> Copy for HttpLayer<L, R> {}

impl<L: LabelSet + 'static, R> fmt::Debug for HttpLayer<L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpLayer").field("state", &self.tower.state).finish_non_exhaustive()
    }
}
