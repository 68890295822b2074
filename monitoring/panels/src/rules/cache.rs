//! Caches: rate and hit ratio of lookups.

use super::layer::{Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "cache",
    title: "Cache",
    signs: &["cache_gets_total", "django_cache_get_total"],
    stems: &["cache_", "django_cache_"],
    rows,
    alerts: wake,
    wanted: always,
};

/// Returns lookups and hits in a window, and the label of the cache.
fn lookups(scope: &Scope<'_>, window: Window) -> Result<(Query, Query, &'static str), QueryError> {
    if let Ok(gets) = scope.all("cache_gets_total") {
        let hits = gets.clone().equal("result", "hit")?.rate(window)?.sum_by(&["cache"])?;
        return Ok((gets.rate(window)?.sum_by(&["cache"])?, hits, "cache"));
    }
    let rate = |name| scope.all(name)?.rate(window)?.sum_by(&["backend"]);
    Ok((rate("django_cache_get_total")?, rate("django_cache_get_hits_total")?, "backend"))
}

pub(super) fn hit_ratio(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let (gets, hits, label) = lookups(scope, Window::Panel)?;
    Ok(Panel::new("Cache hit rate", PanelKind::Gauge, PanelUnit::Ratio)
        .query(format!("{{{{{label}}}}}"), hits.part_of(gets)?)
        .describe("The part of all lookups that found a value.")
        .good_from(0.5))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let over_time = || {
        let mut panel = hit_ratio(scope)?;
        panel.kind = PanelKind::Lines;
        "Cache hit rate over time".clone_into(&mut panel.title);
        Ok(panel)
    };
    let results = || {
        let query = scope.all("cache_gets_total")?.rate(Window::Panel)?.sum_by(&["cache", "result"])?;
        Ok(Panel::new("Lookups by result", PanelKind::Stacked, PanelUnit::PerSecond)
            .query("{{cache}} {{result}}", query))
    };
    let gets = || {
        let (gets, _, label) = lookups(scope, Window::Panel)?;
        Ok(Panel::new("Lookups", PanelKind::Lines, PanelUnit::PerSecond)
            .query(format!("{{{{{label}}}}}"), gets))
    };
    let evictions = || {
        let query = scope.all("cache_evictions_total")?.rate(Window::Panel)?.sum_by(&["cache", "cause"])?;
        Ok(Panel::new("Evictions", PanelKind::Stacked, PanelUnit::PerSecond)
            .query("{{cache}} {{cause}}", query))
    };
    let entries = || {
        let query = scope.all("cache_entries")?.value()?.sum_by(&["cache"])?;
        Ok(Panel::new("Entries", PanelKind::Lines, PanelUnit::Count).query("{{cache}}", query))
    };
    let duration = || {
        let all = scope.all("cache_operation_duration_seconds")?;
        let query = all.quantile(0.95, Window::Panel, &["cache", "operation"])?;
        Ok(Panel::new("p95 by operation", PanelKind::Lines, PanelUnit::Seconds)
            .query("{{cache}} {{operation}}", query))
    };
    vec![
        row("Lookups", [hit_ratio(scope), over_time(), gets(), results()]),
        row("Operations", [duration(), evictions(), entries()]),
    ]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let low = || {
        let (gets, hits, label) = lookups(scope, Window::minutes(10))?;
        // A cache without lookups has no hits, which is not a low hit ratio.
        let asked = gets.clone().compared(Comparison::Above, 0.1);
        let condition = hits.part_of(gets)?.compared(Comparison::Below, 0.5).and(asked)?;
        let summary = format!("Less than half of what is looked up in {{{{ $labels.{label} }}}} is there");
        Ok(Alert::new("LowCacheHitRate", condition, summary)
            .after_minutes(10)
            .describe("{{ $value | humanizePercentage }} of the lookups are hits."))
    };
    alerts([low()])
}
