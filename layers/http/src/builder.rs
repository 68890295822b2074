//! The settings of a layer.

use std::fmt;

use http::Extensions;
use tallymark_core::{Buckets, LabelSet, Naming, Slo, request};

use crate::{
    choice::Choice,
    current::LayerId,
    error::{BuildError, MOST_OWN_LABELS},
    families::{Families, HttpFamily},
    head::{RequestHead, ResponseHead},
    hyperdjango, objective,
    route::{PathFault, Routes, UNMATCHED},
    state::{LayerState, layer_id},
    tower::{Amend, ExtraLabels, HttpMetrics, RouteBy, TemplateBy, Tower},
    transport::TransportRule,
};

/// Settings of the layer, with defaults for all of them. Made by [`builder`](crate::builder).
///
/// ```
/// use tallymark::{LabelSet, LabelValue};
///
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
/// # fn main() -> Result<(), tallymark_http::BuildError> {
/// let metrics = tallymark_http::builder()
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
    labels: ExtraLabels<L>,
    amend: Option<Box<Amend<L>>>,
}

/// The settings that do not depend on the application's labels.
struct Common {
    choice: Choice,
    excluded: Vec<String>,
    objectives: Vec<(String, Slo)>,
    paths: Vec<&'static str>,
    route_by: Option<Box<RouteBy>>,
    template_by: Option<TemplateBy>,
    rule: TransportRule,
}

impl Default for Builder {
    fn default() -> Self {
        let common = Common {
            choice: Choice::default(),
            excluded: Vec::new(),
            objectives: Vec::new(),
            paths: Vec::new(),
            route_by: None,
            template_by: None,
            rule: TransportRule::new(),
        };
        Self { common, labels: ExtraLabels::Constant(|| ()), amend: None }
    }
}

impl Builder {
    /// Sets the names and buckets of HyperDjango's `MetricsMiddleware`: the namespace `hyperdjango`, durations in
    /// twelve buckets from a millisecond to ten seconds, and beside the families of the layer
    /// `hyperdjango_info{version}`, `hyperdjango_uptime_seconds` and `hyperdjango_process_start_time_seconds`.
    ///
    /// The families have labels that HyperDjango's lack, so queries add them up as usual: `sum by (method, status)
    /// (hyperdjango_http_requests_total)`. `version` is the application's. The process is taken to have started when
    /// this was built.
    pub fn hyperdjango(self, version: &str) -> Self {
        hyperdjango::export(version);
        self.naming(Naming::HyperDjango)
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
        Builder { common: self.common, labels: ExtraLabels::FromRequest(Box::new(extract)), amend: None }
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

    /// Puts `<namespace>_` before the names, instead of the [namespace of all metrics](tallymark_core::registry::Config::namespace).
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.common.choice.namespace = Some(namespace.to_owned());
        self
    }

    /// Sets which names the families have; if not set, those that the application [has set for all
    /// layers](tallymark_core::registry::Config::naming), else [`Naming::Standard`].
    pub fn naming(mut self, naming: Naming) -> Self {
        self.common.choice.naming = Some(naming);
        self
    }

    /// Sets the bounds of durations, in seconds.
    /// [`bucket_layouts::DEFAULT`](tallymark_core::bucket_layouts::DEFAULT) if not set; under [`Naming::Django`] and
    /// [`Naming::HyperDjango`] their own. [`Config::buckets`](tallymark_core::registry::Config::buckets) sets those of single families.
    ///
    /// Invalid bounds are reported by [`build`](Builder::build).
    pub fn duration_buckets(mut self, bounds: &[f64]) -> Self {
        self.common.choice.durations = Some(Buckets::leak(bounds));
        self
    }

    /// Sets the bounds of sizes of bodies, in bytes. [`bucket_layouts::BYTES`](tallymark_core::bucket_layouts::BYTES) if not set;
    /// under [`Naming::Django`] its own, from 0 to 2²⁹.
    ///
    /// Invalid bounds are reported by [`build`](Builder::build).
    pub fn size_buckets(mut self, bounds: &[f64]) -> Self {
        self.common.choice.sizes = Some(Buckets::leak(bounds));
        self
    }

    /// Sets the most series that each family shows at once, 2,000 if not set; more are counted together, see
    /// [`Counter::max_series`](tallymark_core::Counter::max_series). With 0 everything is.
    pub fn max_series(mut self, max: u32) -> Self {
        self.common.choice.max_series = max;
        self
    }

    /// Leaves families out: they are neither declared nor counted.
    ///
    /// ```
    /// use tallymark_http::HttpFamily;
    ///
    /// let builder = tallymark_http::builder().without([HttpFamily::RequestBody, HttpFamily::Streaming]);
    /// # let _ = builder;
    /// ```
    pub fn without(mut self, families: impl IntoIterator<Item = HttpFamily>) -> Self {
        for family in families {
            self.common.choice.chosen = self.common.choice.chosen.without(family);
        }
        self
    }

    /// Leaves requests of these routes out of everything. A route is given as its label has it: `/health`,
    /// `/internal/{*rest}`, or `unmatched`. One that is a path as it is, such as `/health`, needs no router that knows it.
    ///
    /// Requests are left out of `http_requests_received_total` and `http_requests_in_flight`, too, if the route is known
    /// when they arrive. It is not if only a router further in knows it.
    ///
    /// A text that begins with no `/` is the label of no route unless [`route_by`](Builder::route_by) returns it; without
    /// that it is an error of [`build`](Builder::build).
    pub fn exclude<R: Into<String>>(mut self, routes: impl IntoIterator<Item = R>) -> Self {
        self.common.excluded.extend(routes.into_iter().map(Into::into));
        self
    }

    /// Adds an objective of a route: the percentage of its requests that get a status below 500, the percentage that take no
    /// longer than a limit, or both. The route is written as in its label: `/orders/{id}`, or `unmatched`.
    ///
    /// Objectives are part of [`descriptors`](tallymark_core::registry::descriptors), from which `tallymark-mixin` writes alerts
    /// that fire when the error budget is used up too fast. A limit that is no bound of
    /// [`duration_buckets`](Builder::duration_buckets) is an error of [`build`](Builder::build), which names the nearest; so is
    /// an objective whose family was left [out](Builder::without).
    ///
    /// ```
    /// use std::time::Duration;
    /// use tallymark_core::Slo;
    ///
    /// let checkout = Slo::new().success(99.9).latency(Duration::from_millis(250), 99.0);
    /// let builder = tallymark_http::builder().namespace("objective").objective("/orders/{id}", checkout);
    /// assert!(builder.build().is_ok());
    ///
    /// let between = Slo::new().latency(Duration::from_millis(300), 99.0);
    /// let error = tallymark_http::builder().objective("/orders/{id}", between).build().expect_err("no bound");
    /// let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    /// assert!(source.ends_with("write `250ms` or `500ms`, the nearest edges"), "{source}");
    /// ```
    pub fn objective(mut self, route: impl Into<String>, slo: Slo) -> Self {
        self.common.objectives.push((route.into(), slo));
        self
    }

    /// Adds paths that are routes as they are, for services whose router says nothing: those of gRPC, or of a `match` on
    /// the path. However many there are, a request costs the same.
    ///
    /// Paths are compared as they are. A pattern, such as `/orders/{id}`, would match no request; it is an error of
    /// [`build`](Builder::build), as is any other text that no request has for a path. The error says what to write.
    ///
    /// ```
    /// let builder = tallymark_http::builder().routes(["/greeter.Greeter/SayHello", "/greeter.Greeter/SayBye"]);
    /// # let _ = builder;
    /// ```
    pub fn routes(mut self, paths: impl IntoIterator<Item = &'static str>) -> Self {
        self.common.paths.extend(paths);
        self
    }

    /// Names the route of a request, before any router and [`routes`](Builder::routes) are asked. It returns a text of the
    /// program's, so a path that a client made up cannot become a label.
    ///
    /// ```
    /// let builder = tallymark_http::builder().route_by(|request| {
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

    /// Reads the template of a route from the extensions of a request, where the router of a framework has left it, or else
    /// from those of its response.
    ///
    /// The layers of `tallymark-axum` read axum's `MatchedPath` without this. It must not return a text that comes from
    /// a client.
    ///
    /// ```
    /// #[derive(Clone)]
    /// struct MatchedTemplate(&'static str);
    ///
    /// let builder = tallymark_http::builder()
    ///     .template_by(|extensions| Some(extensions.get::<MatchedTemplate>()?.0));
    /// # let _ = builder;
    /// ```
    pub fn template_by(mut self, template: fn(&Extensions) -> Option<&str>) -> Self {
        self.common.template_by = Some(template);
        self
    }

    /// Sets how the transport of a request is found.
    pub fn transport(mut self, rule: TransportRule) -> Self {
        self.common.rule = rule;
        self
    }

    /// Sets whether anything is measured; if not, the layers do nothing, as if they were not there. `true` if not set,
    /// unless the application has [switched everything off](tallymark_core::registry::Config::enabled).
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.common.choice.enabled = Some(enabled);
        self
    }

    /// Sets whether what django-prometheus does wrong is done under [`Naming::Django`], too: a request whose handler failed
    /// has two observations in `django_http_requests_latency_seconds_by_view_method`. Off if not set.
    pub fn django_quirks(mut self, quirks: bool) -> Self {
        self.common.choice.quirks = quirks;
        self
    }

    /// Declares the families.
    ///
    /// Building twice with the same settings gives two layers that count in the same families. A request that passes
    /// both is counted once.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<HttpMetrics<L>, BuildError> {
        let Self { common, labels, amend } = self;
        let (state, Parts { rule, route_by, template_by }) = common.into_state()?;
        Ok(HttpMetrics::new(Tower { state, labels, amend, rule, route_by, template_by }))
    }
}

/// What only some layers need.
pub(crate) struct Parts {
    pub(crate) rule: TransportRule,
    pub(crate) route_by: Option<Box<RouteBy>>,
    pub(crate) template_by: Option<TemplateBy>,
}

impl Common {
    /// Returns the error of a setting that would do nothing.
    fn check_paths(&self) -> Result<(), BuildError> {
        let error = |setting, path: &str, fault| BuildError::Path { setting, path: path.to_owned(), fault };
        for path in &self.paths {
            if let Some(fault) = PathFault::of(path) {
                return Err(error("routes", path, fault));
            }
        }
        let objectives = self.objectives.iter().map(|(route, _)| ("objective", route));
        for (setting, route) in self.excluded.iter().map(|route| ("exclude", route)).chain(objectives) {
            let is_label = route.starts_with('/') || route == UNMATCHED || self.route_by.is_some();
            if !is_label && PathFault::of(route) == Some(PathFault::NoSlash) {
                return Err(error(setting, route, PathFault::NoSlash));
            }
        }
        Ok(())
    }

    /// Declares the families.
    fn into_state<L: LabelSet + 'static>(self) -> Result<(LayerState<L>, Parts), BuildError> {
        let own = L::NAMES.len();
        if own > MOST_OWN_LABELS {
            return Err(BuildError::Labels { own });
        }
        self.check_paths()?;
        let settings = self.choice.settle()?;
        let enabled = settings.enabled;
        let families = Families::declare(&settings)?;
        if enabled {
            objective::declare(&settings, &self.objectives)?;
        }
        let namespace = settings.namespace.as_deref();
        // django-prometheus has no family for the statements of a request.
        let has_units = enabled && settings.naming != Naming::Django;
        let observer = if has_units { request::observer_in(namespace) } else { None };
        let routes = Routes::new(self.excluded, &self.paths, settings.max_series);
        let parts = Parts { rule: self.rule, route_by: self.route_by, template_by: self.template_by };
        let id = if enabled { layer_id(namespace, settings.naming) } else { LayerId::NONE };
        Ok((LayerState::new(families, routes, observer, enabled, id), parts))
    }

    /// Returns a setting that reads requests of tower services.
    fn tower_only(&self) -> Option<&'static str> {
        if self.route_by.is_some() {
            Some("route_by")
        } else if self.template_by.is_some() {
            Some("template_by")
        } else if self.rule.reads_requests() {
            Some("transport: TransportRule::trust")
        } else if !self.paths.is_empty() {
            Some("routes")
        } else {
            None
        }
    }
}

impl Builder {
    /// Declares the families for a framework whose requests are not those of tower services.
    pub(crate) fn into_foreign<L: LabelSet + 'static>(self) -> Result<(LayerState<L>, Parts), BuildError> {
        match self.common.tower_only() {
            Some(setting) => Err(BuildError::TowerOnly { setting }),
            None => self.common.into_state(),
        }
    }
}

impl<L: LabelSet + 'static> fmt::Debug for Builder<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("naming", &self.common.choice.naming)
            .field("namespace", &self.common.choice.namespace)
            .field("enabled", &self.common.choice.enabled)
            .field("excluded", &self.common.excluded)
            .field("transport", &self.common.rule)
            .field("labels", &L::NAMES)
            .finish_non_exhaustive()
    }
}
