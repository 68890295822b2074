//! Rows of models that are written.

use super::layer::{Layer, Scope, row};
use crate::{Panel, PanelKind, PanelUnit, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "models",
    title: "Models",
    signs: &["model_inserts_total", "django_model_inserts_total"],
    stems: &["model_", "django_model_"],
    rows,
    alerts: |_| Vec::new(),
    wanted: |catalogue| catalogue.models() > 0,
};

fn written(scope: &Scope<'_>, title: &str, operation: &str) -> Result<Panel, QueryError> {
    let family = scope
        .all(&format!("model_{operation}_total"))
        .or_else(|_| scope.all(&format!("django_model_{operation}_total")))?;
    let query = family.rate(Window::Panel)?.sum_by(&["model"])?;
    Ok(Panel::new(title, PanelKind::Lines, PanelUnit::PerSecond).query("{{model}}", query))
}

pub(super) fn inserts(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    written(scope, "Rows inserted by model", "inserts")
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let panels = [
        inserts(scope),
        written(scope, "Rows updated by model", "updates"),
        written(scope, "Rows deleted by model", "deletes"),
    ];
    vec![row("Rows", panels)]
}
