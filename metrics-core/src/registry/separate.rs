//! Registries beside the program's own.

use super::{
    Chunks, Collector, CollectorStatus, Config, ConfigError, Conflicts, FamilyDescriptor, Format,
    Registration, Request, Selection,
    job::{CollectorJob, NamedJob},
    state,
};
use crate::{cell::Scope, declared::Elements, snapshot::Snapshot, visit::Visitor};
use std::{fmt, sync::Arc};

/// A registry beside that of the program: for a tenant, or for a test that is not to see the metrics of others.
///
/// It holds what is [declared](super::Declaration::registry) in it while the program runs, and the collectors that are
/// registered in it. It is encoded and read by itself: nothing of it is in the program's exposition, and nothing of the
/// program in its own, the metrics that the program's registry has about itself included. The endpoint serves it on an address of
/// its own, with `exporter::builder().registry(..)`. A registry lives as long as the program, as the metrics in it do.
///
/// ```
/// use tallymark_core::{Counter, Labelled, place, registry::{self, Declaration, Format, Registry}};
///
/// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
/// let tenants = [Registry::new(), Registry::new()];
/// for (tenant, orders) in tenants.into_iter().zip([3, 5]) {
///     let declaration = Declaration::new("orders_total", "Orders, by payment.", place!()).registry(tenant);
///     let counter: &Labelled<Counter> = declaration.labels(["payment"]).declare(Counter::new)?;
///     counter.with(&["card"]).inc_by(orders);
/// }
/// let [first, second] = tenants.map(|tenant| tenant.encode_to_string(Format::Text004));
/// assert!(first.ends_with("orders_total{payment=\"card\"} 3\n"));
/// assert!(second.ends_with("orders_total{payment=\"card\"} 5\n"));
/// assert!(registry::snapshot().family("orders_total").is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Registry(&'static state::Registry);

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Registry {
    /// Makes a registry without metrics.
    #[expect(clippy::new_without_default, reason = "each one is another, and lives as long as the program")]
    pub fn new() -> Self {
        let elements = Box::leak(Box::new(Elements::new(|| &[])));
        Self(Box::leak(Box::new(state::Registry::new(&[], elements))))
    }

    /// The registry of the program, as modules of this crate use it.
    pub(crate) fn global() -> &'static state::Registry {
        state::Registry::global()
    }

    pub(super) fn state(self) -> &'static state::Registry {
        self.0
    }

    /// Installs its configuration, as [`Config::install`] does that of the program's registry. What is not set is taken from the
    /// environment here, too.
    ///
    /// Buckets are those of layers, which count in the program's registry. [Creation timestamps](Config::created_timestamps) are shown
    /// by all registries once one of them is configured to show them.
    ///
    /// # Errors
    ///
    /// As [`Config::install`].
    pub fn configure(self, config: Config) -> Result<(), ConfigError> {
        self.0.install(config)
    }

    /// Returns the namespace of its metrics, as [`namespace`](super::namespace) does that of the program's.
    pub fn namespace(self) -> Option<String> {
        self.0.config().common_namespace().map(str::to_owned)
    }

    /// Returns what is declared in it, as [`descriptors`](super::descriptors) does of the program.
    pub fn descriptors(self) -> Vec<FamilyDescriptor> {
        self.0.descriptors()
    }

    /// Registers a collector, which takes part in every scrape of this registry until the registration is dropped.
    pub fn register_collector(self, collector: impl Collector) -> Registration {
        register_in(self.0, collector)
    }

    /// Returns what is known of its collectors: errors, and whether they are running. The registry has no metric that counts
    /// their errors.
    pub fn collectors(self) -> Vec<CollectorStatus> {
        self.0.pool.status()
    }

    /// Looks for declarations that cannot all be shown, as [`check`](super::check) does.
    ///
    /// # Errors
    ///
    /// As [`check`](super::check).
    pub fn check(self) -> Result<(), Conflicts> {
        self.0.check()
    }

    /// Appends an exposition to `bytes`, as [`encode`](super::encode) does.
    pub fn encode(self, request: impl Into<Request>, bytes: &mut Vec<u8>) {
        self.0.encode(&request.into(), bytes);
    }

    /// Returns an exposition as text. What is asked for in protobuf, which is not text, comes in text format 0.0.4.
    pub fn encode_to_string(self, request: impl Into<Request>) -> String {
        to_string(self.0, request.into())
    }

    /// Returns an exposition in chunks, as [`chunks`](super::chunks) does.
    pub fn chunks(self, request: impl Into<Request>) -> Chunks {
        Chunks::new(self.0, request.into())
    }

    /// Shows its metrics, sorted by name.
    pub fn visit(self, visitor: &mut dyn Visitor) {
        self.0.visit(visitor, &Selection::ALL, &|_| true);
    }

    /// Returns its metrics at this moment.
    pub fn snapshot(self) -> Snapshot {
        self.0.snapshot_of(Scope::Process, &Selection::ALL)
    }
}

/// Registers a collector in a registry.
pub(super) fn register_in(registry: &'static state::Registry, collector: impl Collector) -> Registration {
    Registration::new(registry, registry.pool.add(NamedJob::new(Arc::new(CollectorJob(collector)))))
}

/// Returns an exposition as text.
pub(super) fn to_string(registry: &'static state::Registry, mut request: Request) -> String {
    if !request.format().is_text() {
        request = Request::new(Format::Text004).names(request.selection().clone());
    }
    let mut bytes = Vec::new();
    registry.encode(&request, &mut bytes);
    // Names, help, label names and values are text, and numbers are ASCII.
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Counter, Gauge, Histogram, buckets, place,
        registry::{self, CollectError, Declaration, Families},
    };

    struct Pool(u64);

    impl Collector for Pool {
        fn name(&self) -> &'static str {
            "separate_pool"
        }

        fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
            families.gauge("separate_connections", "Connections.").number(&[], self.0);
            Ok(())
        }
    }

    #[test]
    fn each_registry_has_its_own_metrics_collectors_and_configuration() {
        let [one, other] = [Registry::new(), Registry::new()];
        other.configure(Config::new().namespace("tenant").label("region", "north")).expect("not used yet");
        let jobs = |registry| Declaration::new("separate_jobs_total", "Jobs.", place!()).registry(registry);
        let counter: &Counter = jobs(one).declare(Counter::new).unwrap();
        counter.inc();
        // Another kind of metric of that name, elsewhere.
        let labelled = jobs(other).labels(["queue"]).declare(Counter::<()>::new).unwrap();
        labelled.with(&["mail"]).inc_by(2);
        let (first, second) = (one.register_collector(Pool(3)), other.register_collector(Pool(4)));
        let text = |registry: Registry| registry.encode_to_string(Format::Text004);
        assert_eq!(
            text(one),
            "# HELP separate_connections Connections.\n# TYPE separate_connections gauge\nseparate_connections 3\n\
             # HELP separate_jobs_total Jobs.\n# TYPE separate_jobs_total counter\nseparate_jobs_total 1\n"
        );
        let expected = "tenant_separate_jobs_total{region=\"north\",queue=\"mail\"} 2\n";
        assert!(text(other).ends_with(expected), "{}", text(other));
        assert!(text(other).contains("separate_connections{region=\"north\"} 4\n"));
        drop((first, second));
        assert!(!text(one).contains("separate_connections"));
        assert!(registry::snapshot().family("separate_jobs_total").is_none());
        assert_eq!((one.check(), other.check()), (Ok(()), Ok(())));
        assert_eq!((one.namespace(), other.namespace().as_deref()), (None, Some("tenant")));
        let names = |registry: Registry| {
            registry.descriptors().into_iter().map(|family| family.name).collect::<Vec<_>>()
        };
        assert_eq!(
            (names(one), names(other)),
            (vec!["separate_jobs_total".into()], vec!["tenant_separate_jobs_total".into()])
        );
    }

    struct Broken;

    impl Collector for Broken {
        fn name(&self) -> &'static str {
            "separate_broken"
        }

        fn collect(&self, _: &mut Families) -> Result<(), CollectError> {
            Err("out of order".into())
        }
    }

    #[test]
    fn errors_of_its_collectors_are_counted_here_and_not_in_the_programs_registry() {
        let registry = Registry::new();
        let _broken = registry.register_collector(Broken);
        assert_eq!(registry.encode_to_string(Format::Text004), "");
        let status = registry.collectors();
        assert_eq!((status[0].name.as_str(), status[0].errors, status.len()), ("separate_broken", 1, 1));
        assert_eq!(status[0].last_error.as_deref(), Some("out of order"));
        assert!(registry::collectors().iter().all(|status| status.name != "separate_broken"));
    }

    #[test]
    fn every_format_has_the_same_values() {
        let registry = Registry::new();
        let declaration = |name: &str| Declaration::new(name, "Help.", place!()).registry(registry);
        let levels = declaration("separate_level").labels_vary().declare(Gauge::<()>::new).unwrap();
        levels.labelled(&["a"]).unwrap().with(&["x"]).set(1.5);
        let waits = declaration("separate_waits").declare(|| Histogram::<()>::new(buckets![1.0])).unwrap();
        waits.observe(0.5);
        let openmetrics = registry.encode_to_string(Format::OpenMetrics100);
        assert!(openmetrics.contains("separate_level{a=\"x\"} 1.5\n"), "{openmetrics}");
        assert!(openmetrics.ends_with("separate_waits_count 1\n# EOF\n"), "{openmetrics}");
        let mut protobuf = Vec::new();
        registry.encode(Format::Protobuf, &mut protobuf);
        let chunks: Vec<u8> = registry.chunks(Format::Protobuf).flatten().collect();
        assert_eq!(chunks, protobuf);
        assert!(protobuf.windows(14).any(|bytes| bytes == b"separate_level"));
        assert_eq!(registry.snapshot().value("separate_level", &[("a", "x")]), Some(1.5));
        assert_eq!(registry.snapshot().families().len(), 2);
    }
}
