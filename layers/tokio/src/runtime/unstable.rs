//! What a runtime says only if the program is built with `--cfg tokio_unstable`.

use super::{RuntimeCollector, count};
use tallymark_core::{registry::Families, snapshot::HistogramValue};
use tokio::runtime::RuntimeMetrics;

/// Reads what one worker says.
#[cfg(target_has_atomic = "64")]
type Read = fn(&RuntimeMetrics, usize) -> u64;

impl RuntimeCollector {
    pub(super) fn collect_unstable(&self, families: &mut Families) {
        let metrics = &self.metrics;
        let gauges = [
            ("tokio_blocking_threads", "Threads for blocking calls.", metrics.num_blocking_threads()),
            (
                "tokio_idle_blocking_threads",
                "Threads for blocking calls that have none to make.",
                metrics.num_idle_blocking_threads(),
            ),
            (
                "tokio_blocking_queue_depth",
                "Blocking calls that wait for a thread.",
                metrics.blocking_queue_depth(),
            ),
        ];
        for (name, help, value) in gauges {
            self.whole(families.gauge(name, help), count(value));
        }
        #[cfg(target_has_atomic = "64")]
        self.collect_counters(families);
    }

    #[cfg(target_has_atomic = "64")]
    fn collect_counters(&self, families: &mut Families) {
        let metrics = &self.metrics;
        let counters = [
            ("tokio_spawned_tasks_total", "Tasks that were spawned.", metrics.spawned_tasks_count()),
            (
                "tokio_remote_schedules_total",
                "Tasks that were made ready by a thread that is no worker.",
                metrics.remote_schedule_count(),
            ),
            (
                "tokio_budget_forced_yields_total",
                "Times that a task had to yield because its budget was used up.",
                metrics.budget_forced_yield_count(),
            ),
        ];
        for (name, help, value) in counters {
            self.whole(families.counter(name, help), value);
        }
        let by_worker: [(&str, &str, Read); 6] = [
            (
                "tokio_worker_polls_total",
                "Times that workers polled a task.",
                RuntimeMetrics::worker_poll_count,
            ),
            (
                "tokio_worker_noops_total",
                "Times that workers were woken, found nothing to do and parked again.",
                RuntimeMetrics::worker_noop_count,
            ),
            (
                "tokio_worker_steals_total",
                "Tasks that workers took from the queues of others.",
                RuntimeMetrics::worker_steal_count,
            ),
            (
                "tokio_worker_steal_operations_total",
                "Times that workers took tasks from the queues of others.",
                RuntimeMetrics::worker_steal_operations,
            ),
            (
                "tokio_worker_local_schedules_total",
                "Tasks that workers made ready themselves.",
                RuntimeMetrics::worker_local_schedule_count,
            ),
            (
                "tokio_worker_overflows_total",
                "Times that the queues of workers were full, so that half of them went to the global one.",
                RuntimeMetrics::worker_overflow_count,
            ),
        ];
        for (name, help, read) in by_worker {
            self.workers(families.counter(name, help), read);
        }
        let depth = families
            .gauge("tokio_worker_local_queue_depth", "Tasks that are ready and wait for their worker.");
        self.workers(depth, |metrics, worker| count(metrics.worker_local_queue_depth(worker)));
        if metrics.poll_time_histogram_enabled() {
            self.collect_poll_times(families);
        }
    }

    /// The histogram that tokio keeps if the runtime's builder says `enable_metrics_poll_time_histogram`.
    #[cfg(target_has_atomic = "64")]
    fn collect_poll_times(&self, families: &mut Families) {
        let metrics = &self.metrics;
        let buckets = metrics.poll_time_histogram_num_buckets();
        // The last bucket has no end.
        let bounds: Vec<f64> = (0..buckets.saturating_sub(1))
            .map(|bucket| metrics.poll_time_histogram_bucket_range(bucket).end.as_secs_f64())
            .collect();
        let polls = |worker| HistogramValue {
            bounds: bounds.clone(),
            counts: (0..buckets)
                .map(|bucket| metrics.poll_time_histogram_bucket_count(worker, bucket))
                .collect(),
            // tokio keeps no sum of them. The time between two polls is short, and part of the time that a worker is busy.
            sum: metrics.worker_total_busy_duration(worker).as_secs_f64(),
            native: None,
        };
        let help = "Time that polls of tasks took. Its sum is that of the workers' busy time.";
        let mut family = families.histogram("tokio_worker_poll_duration_seconds", help).unit("seconds");
        let workers = 0..metrics.num_workers();
        if self.by_worker {
            for worker in workers {
                family.point(&[("runtime", &self.runtime), ("worker", &worker.to_string())], polls(worker));
            }
            return;
        }
        let all = workers.map(polls).reduce(|mut sum, more| {
            sum.counts.iter_mut().zip(more.counts).for_each(|(sum, more)| *sum += more);
            sum.sum += more.sum;
            sum
        });
        if let Some(all) = all {
            family.point(&[("runtime", &self.runtime)], all);
        }
    }
}
