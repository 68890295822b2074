//! What both middlewares share.

use std::fmt;

use actix_web::{dev::ServiceRequest, http::header::HeaderMap};
use tallymark_core::LabelSet;

use super::{HandlerMiddleware, Middleware};
use tallymark_http::{
    BuildError, Builder,
    core::Core,
    transport::{Transport, TransportRule, forwarded, named},
};

type Extract<L> = dyn Fn(&ServiceRequest) -> L + Send + Sync;

/// The families of an actix-web application, declared.
///
/// It is a reference to something that lives as long as the program, so it can be copied into every worker's `App`.
pub struct ActixMetrics<L: LabelSet + 'static = ()>(&'static Shared<L>);

pub(super) struct Shared<L: LabelSet + 'static> {
    pub(super) core: Core<L>,
    pub(super) extract: Box<Extract<L>>,
    rule: TransportRule,
}

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
    /// The same, with labels of the application's on all families: see [`Builder::labels`].
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn labelled(
        builder: Builder,
        labels: impl Fn(&ServiceRequest) -> L + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let common = builder.into_common();
        if let Some(setting) = common.not_for_actix() {
            return Err(BuildError::NotForActix { setting });
        }
        let (core, parts) = common.into_core::<L>()?;
        Ok(Self(Box::leak(Box::new(Shared { core, extract: Box::new(labels), rule: parts.rule }))))
    }

    /// The middleware that measures requests. It is wrapped around everything else, so it is the last one given to `App`.
    pub fn middleware(&self) -> Middleware<L> {
        Middleware { shared: self.0 }
    }

    /// The middleware that measures handlers, for `http_handler_duration_seconds`. It is the first one given to `App`.
    pub fn handler_middleware(&self) -> HandlerMiddleware<L> {
        self.0.core.has_handler_layer();
        HandlerMiddleware { shared: self.0 }
    }
}

impl<L: LabelSet + 'static> Shared<L> {
    pub(super) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// See [`TransportRule`].
    pub(super) fn transport(&self, request: &ServiceRequest) -> Transport {
        let fields =
            if self.rule.trusts_all() { forwarded(|name| last(request.headers(), name)) } else { None };
        let scheme = || named(request.uri().scheme_str()?);
        let listener =
            || if request.app_config().secure() { Transport::Https } else { self.rule.listens_to() };
        fields.or_else(scheme).unwrap_or_else(listener)
    }
}

fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).next_back()?.to_str().ok()
}

impl<L: LabelSet + 'static> Clone for ActixMetrics<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: LabelSet + 'static> Copy for ActixMetrics<L> {}

impl<L: LabelSet + 'static> fmt::Debug for ActixMetrics<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixMetrics").field("core", &self.0.core).finish_non_exhaustive()
    }
}
