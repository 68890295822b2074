//! Writes the monitoring of a small shop into a directory, as any program does: `monitored monitoring DIRECTORY`.
//!
//! `monitored check DIRECTORY` compares, or with `BLESS=1` writes. `monitored doctor` says what is wrong with the metrics.
//! `monitored serve` is the shop under traffic, with faults that standard input turns on and off.
//! `monitored django DIRECTORY` writes that of one whose layers use the names of django-prometheus.

mod django;
mod families;
mod serve;

use families::Shop;
use std::error::Error;
use tallymark_mixin::{Alert, Comparison, Doctor, Endpoint, Mixin, Objective, Selector, Window};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["monitoring", directory] => {
            Shop::declare()?.serve(1);
            mixin("shop_payments_failed_total", "provider").write(directory)?;
            Ok(())
        }
        ["check", directory] => {
            Shop::declare()?.serve(1);
            mixin("shop_payments_failed_total", "provider").check(directory)?;
            Ok(())
        }
        ["doctor"] => {
            let shop = Shop::declare()?;
            (0..50).for_each(|round| shop.serve(round));
            println!("{}", Doctor::current().endpoint(endpoint()).report());
            Ok(())
        }
        ["serve"] => serve::serve(Shop::declare()?),
        ["django", directory] => {
            django::declare()?;
            mixin("myapp_payments_failed_total", "payment_provider").write(directory)?;
            Ok(())
        }
        _ => {
            Err("write `monitoring DIRECTORY`, `check DIRECTORY`, `django DIRECTORY`, `doctor` or `serve`"
                .into())
        }
    }
}

fn endpoint() -> Endpoint {
    Endpoint::new(9464).bearer_token().tls()
}

/// The shop's monitoring: what its metrics bring along, two objectives, and an alert of its own.
fn mixin(payments: &'static str, provider: &'static str) -> Mixin {
    Mixin::new("shop")
        .endpoint(endpoint())
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .objective(|catalogue| Objective::http_latency(catalogue, 99.0, 0.25))
        .alert(move |catalogue| {
            let failed = Selector::new(catalogue.get(payments)?);
            let condition =
                failed.rate(Window::minutes(5))?.sum_by(&[provider])?.compared(Comparison::Above, 0.5);
            Ok(Alert::new(
                "PaymentFailureSpike",
                condition,
                format!("Payments by {{{{ $labels.{provider} }}}} fail"),
            )
            .after_minutes(2)
            .critical()
            .describe("{{ $value | humanize }} payments fail in each second."))
        })
}
