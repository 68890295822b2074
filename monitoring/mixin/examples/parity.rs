//! Writes what a Prometheus server needs to evaluate every panel's queries, and what they evaluate to here.
//!
//! `parity DIRECTORY` writes `history.om`, the samples, and `expected.tsv`: query, moment, labels and value of each series
//! of each result. `tests/monitoring/run.sh` compares.

#[path = "monitored/families.rs"]
mod families;

use families::Shop;
use std::{error::Error, fmt::Write as _, path::Path, time::Duration};
use tallymark_core::registry;
use tallymark_panels::{Board, Catalogue, History, Monitoring, Objective, PromQl, Selector, Window};

/// Milliseconds between two scrapes.
const INTERVAL: i64 = 15_000;
/// When the first scrape was, in milliseconds since 1970: whole hours, so that blocks are cut where they begin.
const START: i64 = 1_700_006_400_000;
const SCRAPES: u32 = 80;
/// The scrape before which counters begin again from zero.
const RESTART: u32 = 37;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("which directory?")?;
    registry::Config::new().count_series(true).install()?;
    let shop = Shop::declare()?;
    let mut history = History::new(64 << 20);
    for round in 0..SCRAPES {
        // A little late each time, as scrapes are.
        let at = START + i64::from(round) * INTERVAL + i64::from(round % 5) * 7;
        if round == RESTART {
            shop.restart();
        }
        shop.serve(round);
        history.push(at, &registry::snapshot());
    }
    let catalogue = Catalogue::current();
    let mut monitoring = Monitoring::of(&catalogue);
    monitoring.objectives.push(Objective::http_success(&catalogue, 99.0)?);
    monitoring.objectives.push(Objective::http_latency(&catalogue, 99.0, 0.1)?);
    monitoring.add_objectives_board()?;
    let mut style = PromQl::default();
    "2m".clone_into(&mut style.window);
    let mut expected = String::new();
    let mut note = |query: &tallymark_panels::Query| {
        for at in [START + 61_000, START + 300_000, START + 600_500, START + 1_170_003, START + 1_300_000] {
            let promql = query.promql(&style);
            let _ = writeln!(expected, "Q\t{at}\t{promql}");
            for series in history.evaluate(query, at, Duration::from_secs(120)) {
                let labels: Vec<String> =
                    series.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let _ = writeln!(expected, "S\t{}\t{}", labels.join("\u{1f}"), series.value);
            }
        }
    };
    for target in monitoring.boards.iter().flat_map(Board::panels).flat_map(|panel| &panel.targets) {
        note(&target.query);
    }
    for recording in &monitoring.recordings {
        note(&recording.query);
    }
    for alert in &monitoring.alerts {
        note(&alert.condition);
    }
    // Series by themselves, with all their labels.
    let duration = Selector::new(catalogue.get("http_request_duration_seconds")?);
    note(&duration.rate_up_to(0.1, Window::Panel)?);
    note(&Selector::new(catalogue.get("shop_orders_pending")?).mean_over(Window::Panel)?);
    note(&Selector::new(catalogue.get("shop_orders_pending")?).max_over(Window::Panel)?);
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join("history.om"), history.to_openmetrics())?;
    std::fs::write(directory.join("expected.tsv"), expected)?;
    Ok(())
}
