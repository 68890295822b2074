//! What is shown of one database.

use super::source::MigrationStatus;
use tallymark_core::{
    Counter, CounterHandle, GaugeHandle, IntGauge, Naming, place,
    registry::{Declaration, DeclareError},
};
use tallymark_derive::LabelSet;

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct Database<'a> {
    db: &'a str,
}

/// The label that django-prometheus has.
#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct Connection<'a> {
    connection: &'a str,
}

#[derive(Clone, Copy)]
enum Gauges {
    Standard(&'static IntGauge<Database<'static>>, &'static IntGauge<Database<'static>>),
    Django(&'static IntGauge<Connection<'static>>, &'static IntGauge<Connection<'static>>),
}

/// The families, as one database uses them.
pub(super) struct Families {
    gauges: Gauges,
    errors: CounterHandle,
    db: String,
}

impl Families {
    pub(super) fn new(db: String, naming: Naming, namespace: Option<&str>) -> Result<Self, DeclareError> {
        let named = |name: &str, help: &str| Declaration::new(name, help, place!()).namespace(namespace);
        let exact = |name: &str, help: &str| named(name, help).allow_any_name();
        let gauges = match naming {
            Naming::Django => Gauges::Django(
                exact(
                    "django_migrations_applied_total",
                    "Count of applied migrations by database connection",
                )
                .declare(IntGauge::new)?,
                exact(
                    "django_migrations_unapplied_total",
                    "Count of unapplied migrations by database connection",
                )
                .declare(IntGauge::new)?,
            ),
            // Names that are added later are given here when they are.
            _ => Gauges::Standard(
                named("db_migrations_applied", "Migrations that the database has had.")
                    .declare(IntGauge::new)?,
                named("db_migrations_pending", "Migrations that the database has not had yet.")
                    .declare(IntGauge::new)?,
            ),
        };
        let errors: &Counter<Database<'static>> =
            named("db_migrations_refresh_errors_total", "Attempts to count the migrations that failed.")
                .declare(Counter::new)?;
        Ok(Self { gauges, errors: errors.with(Database { db: &db }), db })
    }

    /// Shows a status. The gauges are there from the first one on.
    pub(super) fn show(&self, status: MigrationStatus) {
        let db = self.db.as_str();
        let (applied, pending): (GaugeHandle<i64>, GaugeHandle<i64>) = match self.gauges {
            Gauges::Standard(applied, pending) => {
                (applied.with(Database { db }), pending.with(Database { db }))
            }
            Gauges::Django(applied, pending) => {
                let labels = || Connection { connection: db };
                (applied.with(labels()), pending.with(labels()))
            }
        };
        applied.set(whole(status.applied));
        pending.set(whole(status.pending));
    }

    pub(super) fn failed(&self) {
        self.errors.inc();
    }

    pub(super) fn db(&self) -> &str {
        &self.db
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
