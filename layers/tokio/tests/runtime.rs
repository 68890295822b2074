//! What is shown of a runtime is what it says about itself.

#![expect(clippy::float_cmp, reason = "what is compared for equality is whole numbers")]

use std::sync::{Arc, Barrier};
use tallymark::registry;
use tallymark_tokio::{RuntimeCollector, observe};
use tokio::{
    runtime::{Builder, Runtime, RuntimeMetrics},
    sync::oneshot,
};

fn runtime(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    #[cfg(tokio_unstable)]
    builder.enable_metrics_poll_time_histogram();
    builder.worker_threads(workers).build().expect("a runtime")
}

fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    let value = registry::snapshot().value(name, labels);
    value.unwrap_or_else(|| panic!("`{name}` with {labels:?} is not shown"))
}

/// What is shown lies between what the runtime says before and after.
fn assert_shown(name: &str, labels: &[(&str, &str)], says: impl Fn() -> f64) {
    let (before, shown, after) = (says(), value(name, labels), says());
    assert!(before <= shown && shown <= after, "{name}: {before} <= {shown} <= {after}");
}

#[test]
fn workers_and_tasks() {
    let runtime = runtime(3);
    let registration = observe("workers_and_tasks", runtime.handle());
    let labels = [("runtime", "workers_and_tasks")];
    assert_eq!(value("tokio_workers", &labels), 3.0);
    assert_eq!(value("tokio_live_tasks", &labels), 0.0);
    let (end, ended) = oneshot::channel::<()>();
    let task = runtime.spawn(ended);
    assert_eq!(value("tokio_live_tasks", &labels), 1.0);
    end.send(()).expect("the task waits");
    runtime.block_on(task).expect("no panic").expect("it was sent");
    let metrics = runtime.metrics();
    assert_eq!(value("tokio_live_tasks", &labels), metrics.num_alive_tasks() as f64);
    drop(registration);
    assert_eq!(registry::snapshot().value("tokio_workers", &labels), None);
}

#[test]
fn tasks_that_no_worker_has_time_for_are_queued() {
    // One worker, which waits in the middle of a task until the others were seen.
    let runtime = runtime(1);
    observe("queued", runtime.handle()).forget();
    let (begun, seen) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (begins, waits) = (Arc::clone(&begun), Arc::clone(&seen));
    let first = runtime.spawn(async move {
        begins.wait();
        waits.wait();
    });
    begun.wait();
    let rest: Vec<_> = (0..5).map(|_| runtime.spawn(async {})).collect();
    assert_eq!(value("tokio_global_queue_depth", &[("runtime", "queued")]), 5.0);
    assert_eq!(value("tokio_live_tasks", &[("runtime", "queued")]), 6.0);
    seen.wait();
    runtime.block_on(async {
        for task in rest.into_iter().chain([first]) {
            task.await.expect("no panic");
        }
    });
    assert_eq!(value("tokio_global_queue_depth", &[("runtime", "queued")]), 0.0);
}

#[test]
fn each_worker_says_how_busy_it_was() {
    let runtime = runtime(2);
    observe("busy", runtime.handle()).forget();
    runtime.block_on(async {
        for _ in 0..100 {
            tokio::spawn(tokio::task::yield_now()).await.expect("no panic");
        }
    });
    let metrics = runtime.metrics();
    for worker in 0..2 {
        let labels = [("runtime", "busy"), ("worker", &worker.to_string())];
        assert_shown("tokio_worker_parks_total", &labels, || metrics.worker_park_count(worker) as f64);
        assert_shown("tokio_worker_busy_seconds_total", &labels, || {
            metrics.worker_total_busy_duration(worker).as_secs_f64()
        });
    }
    let busy = (0..2).map(|worker| metrics.worker_total_busy_duration(worker).as_secs_f64());
    assert!(busy.sum::<f64>() > 0.0);
}

#[test]
fn workers_can_be_summed() {
    let runtime = runtime(2);
    RuntimeCollector::new("summed", runtime.handle()).sum_workers().register().forget();
    runtime.block_on(async { tokio::spawn(async {}).await.expect("no panic") });
    let metrics = runtime.metrics();
    let sum = |read: fn(&RuntimeMetrics, usize) -> u64| (read(&metrics, 0) + read(&metrics, 1)) as f64;
    assert_shown("tokio_worker_parks_total", &[("runtime", "summed")], || {
        sum(RuntimeMetrics::worker_park_count)
    });
    let snapshot = registry::snapshot();
    let family = snapshot.family("tokio_worker_parks_total").expect("it is shown");
    assert!(family.get(&[("runtime", "summed"), ("worker", "0")]).is_none());
}

#[test]
fn a_runtime_that_has_ended_says_what_it_said_last() {
    let runtime = runtime(1);
    observe("ended", runtime.handle()).forget();
    runtime.block_on(async { tokio::spawn(async {}).await.expect("no panic") });
    drop(runtime);
    assert_eq!(value("tokio_workers", &[("runtime", "ended")]), 1.0);
    assert_eq!(value("tokio_live_tasks", &[("runtime", "ended")]), 0.0);
}

#[test]
fn names_and_units_are_good() {
    let runtime = runtime(1);
    observe("names", runtime.handle()).forget();
    let snapshot = registry::snapshot();
    let families = snapshot.families().iter().filter(|family| family.name.starts_with("tokio_"));
    let mut count = 0;
    for family in families {
        count += 1;
        let counts = family.kind == tallymark::Kind::Counter;
        assert_eq!(family.name.ends_with("_total"), counts, "{}", family.name);
        assert!(family.help.ends_with('.'), "{}", family.name);
        if let Some(unit) = &family.unit {
            assert!(family.name.trim_end_matches("_total").ends_with(unit), "{}", family.name);
        }
    }
    assert!(count >= 5);
    registry::check().expect("each name once");
}

#[cfg(tokio_unstable)]
type Whole = fn(&RuntimeMetrics) -> u64;
#[cfg(tokio_unstable)]
type Worker = fn(&RuntimeMetrics, usize) -> u64;

#[cfg(tokio_unstable)]
#[test]
fn what_is_unstable_is_shown_as_well() {
    let runtime = runtime(2);
    observe("unstable", runtime.handle()).forget();
    runtime.block_on(async {
        for _ in 0..50 {
            tokio::spawn(tokio::task::yield_now()).await.expect("no panic");
        }
        tokio::task::spawn_blocking(|| ()).await.expect("no panic");
    });
    let (metrics, whole) = (runtime.metrics(), [("runtime", "unstable")]);
    let counters: [(&str, Whole); 3] = [
        ("tokio_spawned_tasks_total", RuntimeMetrics::spawned_tasks_count),
        ("tokio_remote_schedules_total", RuntimeMetrics::remote_schedule_count),
        ("tokio_budget_forced_yields_total", RuntimeMetrics::budget_forced_yield_count),
    ];
    for (name, read) in counters {
        assert_shown(name, &whole, || read(&metrics) as f64);
    }
    assert!(value("tokio_spawned_tasks_total", &whole) >= 50.0);
    assert!(value("tokio_blocking_threads", &whole) >= 1.0);
    assert!(value("tokio_idle_blocking_threads", &whole) <= value("tokio_blocking_threads", &whole));
    assert_eq!(value("tokio_blocking_queue_depth", &whole), 0.0);
    let counters: [(&str, Worker); 6] = [
        ("tokio_worker_polls_total", RuntimeMetrics::worker_poll_count),
        ("tokio_worker_noops_total", RuntimeMetrics::worker_noop_count),
        ("tokio_worker_steals_total", RuntimeMetrics::worker_steal_count),
        ("tokio_worker_steal_operations_total", RuntimeMetrics::worker_steal_operations),
        ("tokio_worker_local_schedules_total", RuntimeMetrics::worker_local_schedule_count),
        ("tokio_worker_overflows_total", RuntimeMetrics::worker_overflow_count),
    ];
    for (name, read) in counters {
        for worker in 0..2 {
            let labels = [("runtime", "unstable"), ("worker", &worker.to_string())];
            assert_shown(name, &labels, || read(&metrics, worker) as f64);
        }
    }
    let polls = |worker| {
        let buckets = 0..metrics.poll_time_histogram_num_buckets();
        buckets.map(|bucket| metrics.poll_time_histogram_bucket_count(worker, bucket)).sum::<u64>() as f64
    };
    let mut all = 0.0;
    for worker in 0..2 {
        let labels = [("runtime", "unstable"), ("worker", &worker.to_string())];
        assert_shown("tokio_worker_poll_duration_seconds_count", &labels, || polls(worker));
        all += polls(worker);
        assert_eq!(value("tokio_worker_local_queue_depth", &labels), 0.0);
    }
    assert!(all >= 100.0, "{all}");
}
