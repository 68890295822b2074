//! The settings of a layer.

use std::fmt;

use tallymark_core::{Buckets, BucketsError, LabelSet, bucket_layouts};

use super::{
    BuildError, Family, HttpMetrics, RequestHead, ResponseHead, TransportRule,
    core::Core,
    error::MOST_OWN_LABELS,
    families::{Chosen, Families, Settings},
    hyperdjango,
    route::Routes,
    scope::Scopes,
    tower::{Amend, Own, RouteBy, Tower},
};
use crate::Naming;

/// Settings of the layer, with defaults for all of them. Made by [`builder`](super::builder).
///
/// ```
/// use tallymark::{LabelSet, LabelValue, http};
///
/// #[derive(LabelValue, Clone, Copy)]
/// enum Plan {
///     Free,
///     Paid,
/// }
///
/// #[derive(LabelSet)]
/// struct Customer {
///     plan: Plan,
/// }
///
/// # fn main() -> Result<(), http::BuildError> {
/// let metrics = http::builder()
///     .namespace("shop")
///     .exclude(["/health"])
///     .labels(|request| Customer {
///         plan: if request.headers.contains_key("x-paid") { Plan::Paid } else { Plan::Free },
///     })
///     .build()?;
/// let layer = metrics.layer();
/// # let _ = layer;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is declared before `build` is called"]
pub struct Builder<L: LabelSet + 'static = ()> {
    common: Common,
    own: Own<L>,
    amend: Option<Box<Amend<L>>>,
}

/// The settings that do not depend on the application's labels.
pub(super) struct Common {
    naming: Naming,
    namespace: Option<String>,
    chosen: Chosen,
    durations: Result<&'static Buckets, BucketsError>,
    sizes: Result<&'static Buckets, BucketsError>,
    max_series: u32,
    quirks: bool,
    enabled: bool,
    excluded: Vec<String>,
    paths: Vec<&'static str>,
    route_by: Option<Box<RouteBy>>,
    rule: TransportRule,
}

impl Default for Builder {
    fn default() -> Self {
        let common = Common {
            naming: Naming::Standard,
            namespace: None,
            chosen: Chosen::ALL,
            durations: Ok(bucket_layouts::DEFAULT),
            sizes: Ok(bucket_layouts::BYTES),
            max_series: 2000,
            quirks: false,
            enabled: true,
            excluded: Vec::new(),
            paths: Vec::new(),
            route_by: None,
            rule: TransportRule::new(),
        };
        Self { common, own: Own::Same(|| ()), amend: None }
    }
}

impl Builder {
    /// The names and buckets that HyperDjango's `MetricsMiddleware` has: the namespace `hyperdjango`, durations in
    /// twelve buckets from a millisecond to ten seconds, and beside the families of the layer
    /// `hyperdjango_info{version}`, `hyperdjango_uptime_seconds` and `hyperdjango_process_start_time_seconds`.
    ///
    /// The families have labels that HyperDjango's lack, so queries add them up as usual: `sum by (method, status)
    /// (hyperdjango_http_requests_total)`. `version` is the application's. The process is taken to have started when
    /// this was built.
    pub fn hyperdjango(self, version: &str) -> Self {
        hyperdjango::export(version);
        self.namespace("hyperdjango").duration_buckets(&hyperdjango::BUCKETS)
    }

    /// Adds labels of the application's to all families, from the head of a request.
    ///
    /// The layer's labels come first, then these. There may be 13, of names that the layer does not use. A label set
    /// that is open, as one with a text is, makes series as its values come: [`max_series`](Builder::max_series) holds, and texts from
    /// clients are better mapped to an enum.
    ///
    /// The closure runs once for each request in the layer, and once in the layer at the handlers if there is one. It
    /// must not panic: that would fail the request.
    pub fn labels<L, F>(self, extract: F) -> Builder<L>
    where
        L: LabelSet + 'static,
        F: Fn(&RequestHead<'_>) -> L + Send + Sync + 'static,
    {
        Builder { common: self.common, own: Own::Of(Box::new(extract)), amend: None }
    }
}

impl<L: LabelSet + 'static> Builder<L> {
    /// Changes the application's labels once there is a response. Families that count before, which are requests
    /// received, requests in flight and bodies of requests, and the handlers' durations, keep the labels from the request.
    pub fn response_labels(
        mut self,
        amend: impl Fn(&mut L, &ResponseHead<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.amend = Some(Box::new(amend));
        self
    }

    /// Puts `<namespace>_` before the names.
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.common.namespace = Some(namespace.to_owned());
        self
    }

    /// Which names the families have; [`Naming::Standard`] if not set.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.common.naming = naming;
        self
    }

    /// The bounds of durations, in seconds.
    /// [`bucket_layouts::DEFAULT`](crate::bucket_layouts::DEFAULT) if not set; under [`Naming::Django`] its own.
    ///
    /// Bounds that are none become an error of [`build`](Builder::build).
    pub fn duration_buckets(mut self, bounds: &[f64]) -> Self {
        self.common.durations = Buckets::leak(bounds);
        self
    }

    /// The bounds of sizes of bodies, in bytes. [`bucket_layouts::BYTES`](crate::bucket_layouts::BYTES) if not set;
    /// under [`Naming::Django`] its own, from 0 to 2²⁹.
    ///
    /// Bounds that are none become an error of [`build`](Builder::build).
    pub fn size_buckets(mut self, bounds: &[f64]) -> Self {
        self.common.sizes = Buckets::leak(bounds);
        self
    }

    /// The most series that each family shows at once, 2,000 if not set; more are counted together, see
    /// [`Counter::max_series`](crate::Counter::max_series). With 0 everything is.
    pub fn max_series(mut self, max: u32) -> Self {
        self.common.max_series = max;
        self
    }

    /// Leaves families out: they are neither declared nor counted.
    ///
    /// ```
    /// use tallymark::http::{self, Family};
    ///
    /// let builder = http::builder().without([Family::RequestBody, Family::Streaming]);
    /// # let _ = builder;
    /// ```
    pub fn without(mut self, families: impl IntoIterator<Item = Family>) -> Self {
        for family in families {
            self.common.chosen = self.common.chosen.without(family);
        }
        self
    }

    /// Leaves requests of these routes out of everything. A route is given as its label has it: `/health`,
    /// `/internal/{*rest}`, or `unmatched`.
    pub fn exclude<R: Into<String>>(mut self, routes: impl IntoIterator<Item = R>) -> Self {
        self.common.excluded.extend(routes.into_iter().map(Into::into));
        self
    }

    /// Paths that are routes as they are, for services whose router says nothing: those of gRPC, or of a `match` on
    /// the path. One that does not begin with `/` can be the path of no request, and is an error of
    /// [`build`](Builder::build).
    ///
    /// ```
    /// let builder = tallymark::http::builder().routes(["/greeter.Greeter/SayHello", "/greeter.Greeter/SayBye"]);
    /// # let _ = builder;
    /// ```
    pub fn routes(mut self, paths: impl IntoIterator<Item = &'static str>) -> Self {
        self.common.paths.extend(paths);
        self
    }

    /// Names the route of a request, before axum's `MatchedPath` and [`routes`](Builder::routes) are asked. The answer is a text of the
    /// program's, so a path that a client made up cannot become a label.
    ///
    /// ```
    /// let builder = tallymark::http::builder().route_by(|request| {
    ///     request.uri.path().starts_with("/static/").then_some("/static/{*file}")
    /// });
    /// # let _ = builder;
    /// ```
    pub fn route_by(
        mut self,
        route: impl Fn(&RequestHead<'_>) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        self.common.route_by = Some(Box::new(route));
        self
    }

    /// How `http` and `https` are told apart.
    pub fn transport(mut self, rule: TransportRule) -> Self {
        self.common.rule = rule;
        self
    }

    /// Whether anything is measured; if not, the layers are there and do nothing. `true` if not set.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.common.enabled = enabled;
        self
    }

    /// Under [`Naming::Django`], does what django-prometheus does wrong as well: a request whose handler failed
    /// has two observations in `django_http_requests_latency_seconds_by_view_method`. Off if not set.
    pub fn django_quirks(mut self, quirks: bool) -> Self {
        self.common.quirks = quirks;
        self
    }

    /// Declares the families.
    ///
    /// Building twice with the same settings gives two layers that count in the same families.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<HttpMetrics<L>, BuildError> {
        let Self { common, own, amend } = self;
        let (core, Parts { rule, route_by }) = common.into_core()?;
        Ok(HttpMetrics(Box::leak(Box::new(Tower { core, own, amend, rule, route_by }))))
    }
}

/// What only some layers need.
pub(super) struct Parts {
    pub(super) rule: TransportRule,
    pub(super) route_by: Option<Box<RouteBy>>,
}

impl Common {
    /// Declares the families.
    pub(super) fn into_core<L: LabelSet + 'static>(self) -> Result<(Core<L>, Parts), BuildError> {
        let own = L::NAMES.len();
        if own > MOST_OWN_LABELS {
            return Err(BuildError::Labels { own });
        }
        if let Some(path) = self.paths.iter().find(|path| !path.starts_with('/')) {
            return Err(BuildError::NotAPath { path: (*path).to_owned() });
        }
        let buckets = |setting, buckets: Result<_, _>| {
            buckets.map_err(|source| BuildError::Buckets { setting, source })
        };
        let settings = Settings {
            naming: self.naming,
            namespace: self.namespace,
            // What is switched off is not shown either.
            chosen: if self.enabled { self.chosen } else { Chosen::NONE },
            durations: buckets("duration_buckets", self.durations)?,
            sizes: buckets("size_buckets", self.sizes)?,
            max_series: self.max_series,
            quirks: self.quirks,
        };
        let families = Families::declare(&settings)?;
        // django-prometheus has no family for the statements of a request.
        let scopes = if self.enabled && settings.naming == Naming::Standard {
            Scopes::new(settings.namespace.as_deref())
        } else {
            Scopes::NONE
        };
        let routes = Routes::new(self.excluded, &self.paths);
        let parts = Parts { rule: self.rule, route_by: self.route_by };
        Ok((Core::new(families, routes, scopes, self.enabled), parts))
    }
}

#[cfg(feature = "actix-web")]
impl Builder {
    pub(super) fn into_common(self) -> Common {
        self.common
    }
}

#[cfg(feature = "actix-web")]
impl Common {
    /// A setting that asks for more than actix-web's requests have.
    pub(super) fn not_for_actix(&self) -> Option<&'static str> {
        if self.route_by.is_some() {
            Some("route_by")
        } else if self.rule.asks_for_requests() {
            Some("transport: TransportRule::trust")
        } else if !self.paths.is_empty() {
            Some("routes")
        } else {
            None
        }
    }
}

impl<L: LabelSet + 'static> fmt::Debug for Builder<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("naming", &self.common.naming)
            .field("namespace", &self.common.namespace)
            .field("enabled", &self.common.enabled)
            .field("excluded", &self.common.excluded)
            .field("transport", &self.common.rule)
            .field("labels", &L::NAMES)
            .finish_non_exhaustive()
    }
}
