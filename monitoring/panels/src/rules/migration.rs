//! Pending and applied migrations.

use super::layer::{Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, QueryError, Row};

pub(super) const LAYER: Layer = Layer {
    slug: "migrations",
    title: "Migrations",
    signs: &["db_migrations_pending", "django_migrations_unapplied_total"],
    stems: &["db_migrations_", "django_migrations_"],
    rows,
    alerts: wake,
    wanted: always,
};

/// Returns the families of pending and applied migrations, and the label of the database.
fn names(scope: &Scope<'_>) -> (&'static str, &'static str, &'static str) {
    if scope.all("db_migrations_pending").is_ok() {
        ("db_migrations_pending", "db_migrations_applied", "db")
    } else {
        ("django_migrations_unapplied_total", "django_migrations_applied_total", "connection")
    }
}

pub(super) fn pending(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let (pending, _, db) = names(scope);
    // Every instance counts the same database.
    let query = scope.all(pending)?.value()?.max_by(&[db])?;
    Ok(Panel::new("Unapplied migrations", PanelKind::Stat, PanelUnit::Count)
        .query(format!("{{{{{db}}}}}"), query)
        .bad_from(1.0))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let applied = || {
        let (_, applied, db) = names(scope);
        let query = scope.all(applied)?.value()?.max_by(&[db])?;
        Ok(Panel::new("Applied migrations", PanelKind::Stat, PanelUnit::Count)
            .query(format!("{{{{{db}}}}}"), query))
    };
    vec![row("Migrations", [pending(scope), applied()])]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let (family, _, db) = names(scope);
    let unapplied = || {
        let condition = scope.all(family)?.value()?.max_by(&[db])?.compared(Comparison::Above, 0.0);
        let summary = format!("The schema of {{{{ $labels.{db} }}}} is behind the program");
        Ok(Alert::new("UnappliedMigrations", condition, summary)
            .after_minutes(1)
            .describe("{{ $value }} migrations have not been applied."))
    };
    alerts([unapplied()])
}
