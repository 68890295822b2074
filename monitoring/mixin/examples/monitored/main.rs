//! Writes the monitoring of a small shop into a directory, as any program does: `monitored monitoring DIRECTORY`.

mod families;

use families::Shop;
use std::error::Error;
use tallymark_mixin::{Endpoint, Mixin};
use tallymark_panels::{Alert, Comparison, Objective, Selector, Window};

fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::declare()?;
    shop.serve(1);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["monitoring", directory] => Ok(mixin().write(directory)?),
        _ => Err("say `monitoring DIRECTORY`".into()),
    }
}

/// The shop's monitoring.
fn mixin() -> Mixin {
    Mixin::new("shop")
        .endpoint(Endpoint::new(9464).bearer_token().tls())
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .objective(|catalogue| Objective::http_latency(catalogue, 99.0, 0.25))
        .alert(|catalogue| {
            let failed = Selector::new(catalogue.get("shop_payments_failed_total")?);
            let condition = failed.rate(Window::minutes(5))?.sum_by(&["provider"])?.compared(Comparison::Above, 0.5);
            Ok(Alert::new("PaymentFailureSpike", condition, "Payments by {{ $labels.provider }} fail")
                .after_minutes(2)
                .critical()
                .describe("{{ $value | humanize }} payments fail in each second."))
        })
}
