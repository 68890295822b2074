//! The layer around a whole service.

use std::{fmt, marker::PhantomData};

use http::Request;
use tallymark_core::LabelSet;
use tower_layer::Layer;

use super::{Counted, Declared, HandlerLayer, HttpService};
use crate::{RequestHead, ResponseHead, core::Core, transport::TransportRule};

/// The application's labels of a request.
pub(in crate) enum Own<L> {
    /// The same for all requests, so that the head of a request need not be put together.
    Same(fn() -> L),
    Of(Box<dyn Fn(&RequestHead<'_>) -> L + Send + Sync>),
}

impl<L> Own<L> {
    #[inline]
    pub(super) fn of<B>(&self, request: &Request<B>) -> L {
        match self {
            Self::Same(labels) => labels(),
            Self::Of(labels) => labels(&RequestHead::of(request)),
        }
    }
}

/// Closures of the builder.
pub(in crate) type Amend<L> = dyn Fn(&mut L, &ResponseHead<'_>) + Send + Sync;
pub(in crate) type RouteBy = dyn Fn(&RequestHead<'_>) -> Option<&'static str> + Send + Sync;

/// What the layers for tower services share.
pub(in crate) struct Tower<L: LabelSet + 'static> {
    pub(in crate) core: Core<L>,
    pub(in crate) own: Own<L>,
    pub(in crate) amend: Option<Box<Amend<L>>>,
    pub(in crate) rule: TransportRule,
    pub(in crate) route_by: Option<Box<RouteBy>>,
}

impl<L: LabelSet + 'static> Tower<L> {
    /// What tells this one from others.
    #[inline]
    pub(super) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// The families of an HTTP service, declared. Made by [`Builder::build`](crate::Builder::build); what measures is
/// its [`layer`](HttpMetrics::layer).
///
/// It is a reference to something that lives as long as the program, so it can be copied freely.
pub struct HttpMetrics<L: LabelSet + 'static = ()>(pub(in crate) &'static Tower<L>);

impl<L: LabelSet + 'static> HttpMetrics<L> {
    /// The layer that measures requests. It belongs around everything else.
    ///
    /// Where it is installed twice around one service, the inner one does nothing.
    pub fn layer(&self) -> HttpLayer<L> {
        HttpLayer { tower: self.0, bodies: PhantomData }
    }

    /// The layer that measures handlers, for `http_handler_duration_seconds`. It belongs right around them, inside all
    /// middleware, and never counts requests, so the two cannot be mixed up.
    pub fn handler_layer(&self) -> HandlerLayer<L> {
        self.0.core.has_handler_layer();
        HandlerLayer { tower: self.0 }
    }
}

/// Measures the requests of a tower service. Made by [`HttpMetrics::layer`].
///
/// The service within gets requests with a [`RequestBody`](crate::RequestBody); one that insists on another type of body is wrapped by
/// [`keep_request_body`](HttpLayer::keep_request_body).
pub struct HttpLayer<L: LabelSet + 'static = (), R = Counted> {
    pub(super) tower: &'static Tower<L>,
    bodies: PhantomData<fn() -> R>,
}

impl<L: LabelSet + 'static> HttpLayer<L> {
    /// Leaves the bodies of requests as they are, and believes their `Content-Length` instead of counting.
    #[must_use]
    pub fn keep_request_body(self) -> HttpLayer<L, Declared> {
        self.with_bodies()
    }

    pub(in crate) fn with_bodies<R>(self) -> HttpLayer<L, R> {
        HttpLayer { tower: self.tower, bodies: PhantomData }
    }
}

impl<S, L: LabelSet + 'static, R> Layer<S> for HttpLayer<L, R> {
    type Service = HttpService<S, L, R>;

    fn layer(&self, inner: S) -> HttpService<S, L, R> {
        HttpService::new(inner, self.tower)
    }
}

macro_rules! copies {
    ($($ty:ident <$($parameter:ident),*>, $field:tt;)*) => {$(
        impl<L: LabelSet + 'static $(, $parameter)*> Clone for $ty<L $(, $parameter)*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<L: LabelSet + 'static $(, $parameter)*> Copy for $ty<L $(, $parameter)*> {}

        impl<L: LabelSet + 'static $(, $parameter)*> fmt::Debug for $ty<L $(, $parameter)*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty)).field("core", &self.$field.core).finish_non_exhaustive()
            }
        }
    )*};
}

copies! {
    HttpMetrics<>, 0;
    HttpLayer<R>, tower;
    HandlerLayer<>, tower;
}
