//! What the shop's operator is given: dashboards, alerts and deployment files in `examples/shop/monitoring`, and the doctor.

use crate::config::Config;
use tallymark::snapshot::Snapshot;
use tallymark_mixin::{
    Alert, Catalogue, Comparison, Doctor, Endpoint, Mixin, Objective, QueryError, Report, Selector, Window,
};

/// The function that does the background work, as the labels `module` and `function` name it.
const TASKS: (&str, &str) = ("shop::queue", "run");

/// The shop's monitoring: what its layers bring along, an alert on its own counter, and what it promises.
///
/// Start the shop first, since its layers declare what they measure when they are built.
pub fn mixin() -> Mixin {
    Mixin::new("shop")
        .endpoint(endpoint())
        .http_port(Config::default().listen.port())
        .alert(payment_failure_spike)
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .objective(tasks)
}

/// Returns what is wrong with the metrics of the running shop, of which `earlier` is a snapshot from before.
pub fn doctor(earlier: Snapshot) -> Report {
    let (module, function) = TASKS;
    Doctor::current()
        .earlier(earlier)
        .endpoint(endpoint())
        .objective(format!("{module}::{function}"))
        .report()
}

fn endpoint() -> Endpoint {
    Endpoint::new(Config::default().metrics.port())
}

/// Customers want to pay and cannot: the one alert that no layer can know of.
fn payment_failure_spike(catalogue: &Catalogue) -> Result<Alert, QueryError> {
    let failed = Selector::new(catalogue.get("shop_payments_failed_total")?);
    let by_provider = failed.rate(Window::minutes(5))?.sum_by(&["payment_provider"])?;
    let condition = by_provider.compared(Comparison::Above, 0.5);
    Ok(Alert::new("PaymentFailureSpike", condition, "Payments by {{ $labels.payment_provider }} fail")
        .after_minutes(2)
        .critical()
        .describe(
            "{{ $value | humanize }} payments are declined in each second. Ask the provider, and look at \
             shop_payments_failed_total by failure_reason.",
        ))
}

/// Orders are sent and receipts written after the customer has gone, so that nobody complains at once when they are not.
fn tasks(catalogue: &Catalogue) -> Result<Objective, QueryError> {
    let (module, function) = TASKS;
    let all = Selector::new(catalogue.get("function_calls_total")?)
        .equal("module", module)?
        .equal("function", function)?;
    let failed = all.clone().matching("outcome", "error|panic")?;
    Objective::success("tasks", "99.5 % of all shipments and receipts succeed", 99.5, failed, all)
}
