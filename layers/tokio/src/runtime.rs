//! What a runtime says about itself.

use tallymark_core::{
    Number,
    registry::{self, CollectError, Collector, Families, FamilyBuilder, Registration},
};
use tokio::runtime::{Handle, RuntimeMetrics};

#[cfg(tokio_unstable)]
mod unstable;

/// Shows the metrics of a runtime, under this name, until the registration is dropped.
///
/// A program has one line for it, such as `observe("main", &Handle::current()).forget()`. Two runtimes have two names.
pub fn observe(runtime: impl Into<String>, handle: &Handle) -> Registration {
    RuntimeCollector::new(runtime, handle).register()
}

/// A collector of the metrics of one runtime. [`observe`] registers one.
#[derive(Clone, Debug)]
#[must_use = "a collector shows nothing before it is registered"]
pub struct RuntimeCollector {
    runtime: String,
    metrics: RuntimeMetrics,
    by_worker: bool,
}

impl RuntimeCollector {
    /// A collector of the metrics of this runtime, under this name.
    pub fn new(runtime: impl Into<String>, handle: &Handle) -> Self {
        Self { runtime: runtime.into(), metrics: handle.metrics(), by_worker: true }
    }

    /// Shows the sum over all workers in place of each by itself: one series in place of one for each processor, which do
    /// not tell any more whether one worker does all the work.
    pub fn sum_workers(mut self) -> Self {
        self.by_worker = false;
        self
    }

    /// Shows the metrics until the registration is dropped.
    pub fn register(self) -> Registration {
        registry::register_collector(self)
    }

    /// Adds what each worker says.
    fn workers<N: Into<Number> + std::iter::Sum>(
        &self,
        mut family: FamilyBuilder<'_>,
        read: impl Fn(&RuntimeMetrics, usize) -> N,
    ) {
        let workers = 0..self.metrics.num_workers();
        if self.by_worker {
            for worker in workers {
                let labels = [("runtime", self.runtime.as_str()), ("worker", &worker.to_string())];
                family.number(&labels, read(&self.metrics, worker));
            }
        } else {
            let sum: N = workers.map(|worker| read(&self.metrics, worker)).sum();
            family.number(&[("runtime", &self.runtime)], sum);
        }
    }

    /// Adds what the runtime says as a whole.
    fn whole(&self, mut family: FamilyBuilder<'_>, value: impl Into<Number>) {
        family.number(&[("runtime", &self.runtime)], value);
    }
}

/// A number of things as a metric's value.
fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}

impl Collector for RuntimeCollector {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let metrics = &self.metrics;
        self.whole(families.gauge("tokio_workers", "Worker threads."), count(metrics.num_workers()));
        self.whole(
            families.gauge("tokio_live_tasks", "Tasks that were spawned and have not ended."),
            count(metrics.num_alive_tasks()),
        );
        self.whole(
            families.gauge("tokio_global_queue_depth", "Tasks that are ready and wait for any worker."),
            count(metrics.global_queue_depth()),
        );
        #[cfg(target_has_atomic = "64")]
        {
            let busy =
                families.counter("tokio_worker_busy_seconds_total", "Time that workers were not parked.");
            self.workers(busy.unit("seconds"), |metrics, worker| {
                metrics.worker_total_busy_duration(worker).as_secs_f64()
            });
            let parks = families
                .counter("tokio_worker_parks_total", "Times that workers parked, having nothing to do.");
            self.workers(parks, RuntimeMetrics::worker_park_count);
        }
        #[cfg(tokio_unstable)]
        self.collect_unstable(families);
        Ok(())
    }
}
