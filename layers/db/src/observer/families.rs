//! The families, and the handles of one database to its series.

use super::{
    labels::{Alias, AliasType, ByError, ByOperation, ByReason, Db},
    settings::Settings,
    uncounted::Uncounted,
};
use crate::{BuildError, Failure, SqlOperation};
use std::sync::OnceLock;
use tallymark_core::{
    Buckets, Counter, CounterHandle, Histogram, HistogramHandle, Naming, UpDownCounter, UpDownHandle,
    bucket_layouts, buckets, place, registry::Declaration,
};

/// The buckets of django-prometheus, its setting `PROMETHEUS_LATENCY_BUCKETS`.
static DJANGO: &Buckets =
    buckets![0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0];

/// The families that have other names in django-prometheus.
enum Named {
    Standard {
        queries: &'static Counter<ByOperation<'static>>,
        durations: &'static Histogram<ByOperation<'static>>,
        errors: &'static Counter<ByError<'static>>,
        opened: CounterHandle,
        connection_errors: CounterHandle,
    },
    Django {
        families: Django,
        /// The vendor is a label of all of them, so they wait until it is asked for.
        handles: OnceLock<DjangoHandles>,
    },
}

/// The six families of django-prometheus.
struct Django {
    execute: &'static Counter<Alias<'static>>,
    many: &'static Counter<Alias<'static>>,
    duration: &'static Histogram<Alias<'static>>,
    errors: &'static Counter<AliasType<'static>>,
    opened: &'static Counter<Alias<'static>>,
    connection_errors: &'static Counter<Alias<'static>>,
}

struct DjangoHandles {
    execute: CounterHandle,
    many: CounterHandle,
    duration: HistogramHandle,
    opened: CounterHandle,
    connection_errors: CounterHandle,
}

/// Where the statements of one operation are counted.
#[derive(Clone, Copy)]
pub(super) struct OperationHandles {
    pub(super) queries: CounterHandle,
    pub(super) duration: HistogramHandle,
}

/// The series of one database. They are looked up once, so that a statement costs no look-up.
pub(super) struct Handles {
    named: Named,
    operations: [OnceLock<OperationHandles>; SqlOperation::COUNT],
    pub(super) in_flight: UpDownHandle,
    pub(super) slow: CounterHandle,
    pub(super) n_plus_one: CounterHandle,
    pub(super) connect: HistogramHandle,
    pub(super) wait: HistogramHandle,
    uncounted: &'static Counter<ByReason<'static>>,
}

impl Handles {
    pub(super) fn declare(settings: &Settings) -> Result<Self, BuildError> {
        let db = settings.name.as_str();
        let named = match settings.naming {
            Naming::Django => Named::django(settings)?,
            // Names that are added later are given here when they are.
            _ => Named::standard(settings)?,
        };
        let buckets = |family| settings.buckets(family, bucket_layouts::DEFAULT);
        let in_flight: &UpDownCounter<Db<'static>> = settings
            .declaration("db_queries_in_flight", "Statements that are being executed.")
            .declare(UpDownCounter::new)?;
        let slow: &Counter<Db<'static>> = settings
            .declaration("db_slow_queries_total", "Statements that took longer than the threshold.")
            .declare(Counter::new)?;
        let n_plus_one: &Counter<Db<'static>> = settings
            .declaration(
                "db_n_plus_one_total",
                "Statements that one request repeated more often than allowed.",
            )
            .declare(Counter::new)?;
        let connect: &Histogram<Db<'static>> = settings
            .declaration(
                "db_connect_duration_seconds",
                "Time to get a connection that had to be opened first.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(buckets("db_connect_duration_seconds")))?;
        let wait: &Histogram<Db<'static>> = settings
            .declaration(
                "db_pool_wait_seconds",
                "Time to get a connection of the pool that was open already.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(buckets("db_pool_wait_seconds")))?;
        Ok(Self {
            named,
            operations: Default::default(),
            in_flight: in_flight.with(Db { db }),
            slow: slow.with(Db { db }),
            n_plus_one: n_plus_one.with(Db { db }),
            connect: connect.with(Db { db }),
            wait: wait.with(Db { db }),
            // Named for this library, whatever the namespace: it says how far the other numbers go.
            uncounted: Declaration::new(
                "tallymark_uncounted_model_writes_total",
                "Statements that wrote rows of models, or may have, whose number is not known.",
                place!(),
            )
            .exact()
            .declare(Counter::new)?,
        })
    }

    /// The series of an operation, which are shown from its first statement on.
    #[inline]
    pub(super) fn operation(&self, settings: &Settings, operation: SqlOperation) -> OperationHandles {
        match self.operations.get(operation as usize).and_then(OnceLock::get) {
            Some(handles) => *handles,
            None => self.first_of(settings, operation),
        }
    }

    #[cold]
    fn first_of(&self, settings: &Settings, operation: SqlOperation) -> OperationHandles {
        let handles = match &self.named {
            Named::Standard { queries, durations, .. } => {
                let labels = || ByOperation { db: &settings.name, vendor: settings.vendor(), operation };
                OperationHandles { queries: queries.with(labels()), duration: durations.with(labels()) }
            }
            Named::Django { families, handles } => {
                let handles = families.handles(handles, settings);
                OperationHandles { queries: handles.execute, duration: handles.duration }
            }
        };
        self.operations.get(operation as usize).map_or(handles, |slot| *slot.get_or_init(|| handles))
    }

    /// Counts statements beyond the first of a text: elsewhere a text is one query, for django-prometheus it is so many.
    pub(super) fn count_bulk(&self, settings: &Settings, statements: u64) {
        if let Named::Django { families, handles } = &self.named {
            let handles = families.handles(handles, settings);
            handles.execute.inc_by(statements.saturating_sub(1));
            handles.many.inc_by(statements);
        }
    }

    /// Opened connections.
    pub(super) fn opened(&self, settings: &Settings) -> CounterHandle {
        match &self.named {
            Named::Standard { opened, .. } => *opened,
            Named::Django { families, handles } => families.handles(handles, settings).opened,
        }
    }

    /// Connections that could not be opened.
    pub(super) fn connection_errors(&self, settings: &Settings) -> CounterHandle {
        match &self.named {
            Named::Standard { connection_errors, .. } => *connection_errors,
            Named::Django { families, handles } => families.handles(handles, settings).connection_errors,
        }
    }

    /// Shows django-prometheus' series at zero, since the vendor is known now.
    pub(super) fn set_vendor(&self, settings: &Settings) {
        if let Named::Django { families, handles } = &self.named {
            families.handles(handles, settings);
        }
    }

    pub(super) fn count_uncounted(&self, settings: &Settings, reason: Uncounted, writes: u64) {
        self.uncounted.with(ByReason { db: &settings.name, reason }).inc_by(writes);
    }

    #[cold]
    pub(super) fn count_error(&self, settings: &Settings, failure: Failure) {
        match &self.named {
            Named::Standard { errors, .. } => {
                let error = failure.label(settings.sqlstate_classes);
                errors.with(ByError { db: &settings.name, vendor: settings.vendor(), error }).inc();
            }
            Named::Django { families, .. } => {
                let kind = failure.kind().exception();
                let labels = AliasType { alias: &settings.name, vendor: settings.vendor(), kind };
                families.errors.with(labels).inc();
            }
        }
    }
}

impl Named {
    fn standard(settings: &Settings) -> Result<Self, BuildError> {
        let name = "db_query_duration_seconds";
        let buckets = settings.buckets.unwrap_or_else(|| settings.buckets(name, bucket_layouts::DEFAULT));
        let db = settings.name.as_str();
        let opened: &Counter<Db<'static>> = settings
            .declaration("db_connections_opened_total", "Connections opened.")
            .declare(Counter::new)?;
        let connection_errors: &Counter<Db<'static>> = settings
            .declaration("db_connection_errors_total", "Connections that could not be opened.")
            .declare(Counter::new)?;
        Ok(Self::Standard {
            queries: settings
                .declaration("db_queries_total", "Statements executed, by what they do.")
                .declare(Counter::new)?,
            durations: settings
                .declaration(name, "Time that statements took, by what they do.")
                .unit("seconds")
                .declare(|| Histogram::new(buckets))?,
            errors: settings
                .declaration("db_errors_total", "Statements that failed, by kind of error.")
                .declare(Counter::new)?,
            opened: opened.with(Db { db }),
            connection_errors: connection_errors.with(Db { db }),
        })
    }

    fn django(settings: &Settings) -> Result<Self, BuildError> {
        let families = Django::declare(settings)?;
        let handles = OnceLock::new();
        if settings.vendor.get().is_some() {
            families.handles(&handles, settings);
        }
        Ok(Self::Django { families, handles })
    }
}

impl Django {
    fn declare(settings: &Settings) -> Result<Self, BuildError> {
        let name = "django_db_query_duration_seconds";
        let buckets = settings.buckets.unwrap_or_else(|| settings.buckets(name, DJANGO));
        let exact = |name, help| settings.declaration(name, help).allow_any_name();
        Ok(Self {
            execute: exact(
                "django_db_execute_total",
                "Counter of executed statements by database and by vendor, including bulk executions.",
            )
            .declare(Counter::new)?,
            many: exact(
                "django_db_execute_many_total",
                "Counter of executed statements in bulk operations by database and by vendor.",
            )
            .declare(Counter::new)?,
            duration: exact(name, "Histogram of query duration by database and vendor.")
                .declare(|| Histogram::new(buckets))?,
            errors: exact(
                "django_db_errors_total",
                "Counter of execution errors by database, vendor and exception type.",
            )
            .declare(Counter::new)?,
            opened: exact(
                "django_db_new_connections_total",
                "Counter of created connections by database and by vendor.",
            )
            .declare(Counter::new)?,
            connection_errors: exact(
                "django_db_new_connection_errors_total",
                "Counter of connection failures by database and by vendor.",
            )
            .declare(Counter::new)?,
        })
    }

    fn handles<'a>(&self, known: &'a OnceLock<DjangoHandles>, settings: &Settings) -> &'a DjangoHandles {
        known.get_or_init(|| {
            let alias = || Alias { alias: &settings.name, vendor: settings.vendor() };
            DjangoHandles {
                execute: self.execute.with(alias()),
                many: self.many.with(alias()),
                duration: self.duration.with(alias()),
                opened: self.opened.with(alias()),
                connection_errors: self.connection_errors.with(alias()),
            }
        })
    }
}
