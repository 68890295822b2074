//! Objectives of routes.

use tallymark_core::{
    Naming, Slo,
    registry::{self, ObjectiveDescriptor, SeriesSelector},
};

use crate::{
    error::BuildError,
    families::{HttpFamily, Settings},
};

/// Families that count requests and observe their durations by route, and the label that holds the route.
struct Names {
    requests: &'static str,
    duration: &'static str,
    observing: HttpFamily,
    route: &'static str,
}

const STANDARD: Names = Names {
    requests: "http_requests_total",
    duration: "http_request_duration_seconds",
    observing: HttpFamily::Duration,
    route: "route",
};

const DJANGO: Names = Names {
    requests: "django_http_responses_total_by_status_view_method_total",
    duration: "django_http_requests_latency_seconds_by_view_method",
    observing: HttpFamily::HandlerDuration,
    route: "view",
};

/// Checks all objectives, and then declares them: an error declares none.
pub(crate) fn declare(settings: &Settings, objectives: &[(String, Slo)]) -> Result<(), BuildError> {
    let names = if settings.naming == Naming::Django { &DJANGO } else { &STANDARD };
    let bounds = settings.durations(names.duration).bounds();
    for (route, slo) in objectives {
        slo.check(bounds).map_err(|source| BuildError::Objective { route: route.clone(), source })?;
        let counts = slo.success_percent().map(|_| (HttpFamily::Requests, names.requests));
        let observes = slo.latency_limit().map(|_| (names.observing, names.duration));
        let is_missing = |(family, name): &(_, &str)| !settings.has(*family, name);
        if let Some((family, _)) = counts.into_iter().chain(observes).find(is_missing) {
            return Err(BuildError::ObjectiveFamily { route: route.clone(), family });
        }
    }
    let prefix = settings.namespace.as_deref().map(|namespace| format!("{namespace}_")).unwrap_or_default();
    for (route, slo) in objectives {
        let of = |family: &str| SeriesSelector::new(format!("{prefix}{family}")).equal(names.route, route);
        let (name, events) = (format!("{prefix}http_{route}"), format!("requests to {route}"));
        if let Some(target) = slo.success_percent() {
            let all = of(names.requests);
            let failed = all.clone().matching("status", "5..");
            registry::declare_objective(ObjectiveDescriptor::success(&name, &events, target, failed, all));
        }
        if let Some((limit, target)) = slo.latency_limit() {
            let all = of(names.duration);
            registry::declare_objective(ObjectiveDescriptor::latency(
                &name, &events, target, all, limit, bounds,
            ));
        }
    }
    Ok(())
}
