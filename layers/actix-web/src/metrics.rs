//! The families of an actix-web application, declared.

use std::fmt;

use actix_web::dev::ServiceRequest;
use tallymark_core::LabelSet;
use tallymark_http::{__adapter::ForeignMetrics, BuildError, Builder};

use crate::{handler::ActixHandlerMiddleware, middleware::ActixMiddleware, shared::Shared};

/// The families of an actix-web application, declared.
///
/// It is a reference to something that lives as long as the program, so it can be copied into every worker's `App`.
pub struct ActixMetrics<L: LabelSet + 'static = ()>(&'static Shared<L>);

impl ActixMetrics {
    /// Declares the families as a builder says.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn new(builder: Builder) -> Result<Self, BuildError> {
        Self::labelled(builder, |_| ())
    }
}

impl<L: LabelSet + 'static> ActixMetrics<L> {
    /// Declares the families as a builder says, with labels of the application's on all of them. What
    /// [`Builder::labels`] says of them holds here.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn labelled(
        builder: Builder,
        labels: impl Fn(&ServiceRequest) -> L + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let metrics = ForeignMetrics::build(builder)?;
        Ok(Self(Box::leak(Box::new(Shared { metrics, labels: Box::new(labels) }))))
    }

    /// Returns the middleware that measures requests. It is wrapped around everything else, so it is the last one given to
    /// `App`.
    pub fn middleware(&self) -> ActixMiddleware<L> {
        ActixMiddleware { shared: self.0 }
    }

    /// Returns the middleware that measures handlers, for `http_handler_duration_seconds`. It is the first one given to
    /// `App`.
    pub fn handler_middleware(&self) -> ActixHandlerMiddleware<L> {
        self.0.metrics.has_handler_layer();
        ActixHandlerMiddleware { shared: self.0 }
    }
}

impl<L: LabelSet + 'static> Clone for ActixMetrics<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet + 'static> Copy for ActixMetrics<L> {}

impl<L: LabelSet + 'static> fmt::Debug for ActixMetrics<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixMetrics").field("shared", self.0).finish()
    }
}
