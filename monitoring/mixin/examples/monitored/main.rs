//! Writes the monitoring of a small shop into a directory, as any program does: `monitored monitoring DIRECTORY`.
//!
//! `monitored django DIRECTORY` writes that of one whose layers use the names of django-prometheus.

mod django;
mod families;

use families::Shop;
use std::error::Error;
use tallymark_mixin::{Endpoint, Mixin};
use tallymark_panels::{Alert, Comparison, Objective, Selector, Window};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["monitoring", directory] => {
            Shop::declare()?.serve(1);
            Ok(mixin("shop_payments_failed_total", "provider").write(directory)?)
        }
        ["django", directory] => {
            django::declare()?;
            Ok(mixin("myapp_payments_failed_total", "payment_provider").write(directory)?)
        }
        _ => Err("say `monitoring DIRECTORY` or `django DIRECTORY`".into()),
    }
}

/// The shop's monitoring: what its metrics bring along, two objectives, and an alert of its own.
fn mixin(payments: &'static str, provider: &'static str) -> Mixin {
    Mixin::new("shop")
        .endpoint(Endpoint::new(9464).bearer_token().tls())
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .objective(|catalogue| Objective::http_latency(catalogue, 99.0, 0.25))
        .alert(move |catalogue| {
            let failed = Selector::new(catalogue.get(payments)?);
            let condition = failed.rate(Window::minutes(5))?.sum_by(&[provider])?.compared(Comparison::Above, 0.5);
            Ok(Alert::new("PaymentFailureSpike", condition, format!("Payments by {{{{ $labels.{provider} }}}} fail"))
                .after_minutes(2)
                .critical()
                .describe("{{ $value | humanize }} payments fail in each second."))
        })
}
