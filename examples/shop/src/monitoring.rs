//! What the shop's operator is given: dashboards, alerts and deployment files in `examples/shop/monitoring`, and the doctor.

use crate::config::Config;
use tallymark::snapshot::Snapshot;
use tallymark_mixin::{Doctor, Endpoint, Mixin, Objective, Report};

/// The shop's monitoring: what its layers bring along, what the annotations of its metrics and functions say of alerts and
/// objectives, and what it promises of all requests.
///
/// Start the shop first, since its layers declare what they measure when they are built.
pub fn mixin() -> Mixin {
    Mixin::new("shop")
        .endpoint(endpoint())
        .http_port(Config::default().listen.port())
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
}

/// Returns what is wrong with the metrics of the running shop, of which `earlier` is a snapshot from before.
pub fn doctor(earlier: Snapshot) -> Report {
    Doctor::current().earlier(earlier).endpoint(endpoint()).report()
}

fn endpoint() -> Endpoint {
    Endpoint::new(Config::default().metrics.port())
}
