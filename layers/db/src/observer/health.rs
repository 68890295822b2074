//! Whether a database answers, as series.

use super::{database::Database, labels::Db};
use crate::BuildError;
use tallymark_core::{Counter, CounterHandle, Gauge, GaugeHandle};

/// Where the answers of a database are counted.
#[derive(Clone, Copy)]
pub(crate) struct HealthHandles {
    healthy: GaugeHandle,
    checks: CounterHandle,
    failures: CounterHandle,
}

impl HealthHandles {
    pub(crate) fn declare(database: Database) -> Result<Self, BuildError> {
        let settings = &database.observed().settings;
        let db = settings.name.as_str();
        let healthy: &Gauge<Db<'static>> = settings
            .declaration("db_pool_healthy", "Whether the database has answered when it was asked last.")
            .declare(Gauge::new)?;
        let checks: &Counter<Db<'static>> = settings
            .declaration(
                "db_pool_health_checks_total",
                "How often the database was asked whether it answers.",
            )
            .declare(Counter::new)?;
        let failures: &Counter<Db<'static>> = settings
            .declaration(
                "db_pool_health_failures_total",
                "How often it has not answered in time, or with an error.",
            )
            .declare(Counter::new)?;
        Ok(Self {
            healthy: healthy.with(Db { db }),
            checks: checks.with(Db { db }),
            failures: failures.with(Db { db }),
        })
    }

    pub(crate) fn count(self, is_healthy: bool) {
        self.healthy.set(f64::from(u8::from(is_healthy)));
        self.checks.inc();
        if !is_healthy {
            self.failures.inc();
        }
    }
}
