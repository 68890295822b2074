//! The families of tasks.

use crate::BuildError;
use tallymark_core::{
    Buckets, Counter, CounterHandle, FloatCounter, Histogram, HistogramHandle, UpDownCounter, UpDownHandle,
    buckets, place,
    registry::{Declaration, LayerSettings},
};
use tallymark_derive::LabelSet;

/// From what a poll takes that does nothing to what keeps a worker from all other tasks.
static DURATIONS: &Buckets =
    buckets![1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 5e-4, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct OfTask<'a> {
    task: &'a str,
}

/// The metrics of the tasks of one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meters {
    pub(crate) instrumented: CounterHandle,
    pub(crate) live: UpDownHandle,
    pub(crate) first_poll_delays: HistogramHandle,
    pub(crate) polls: HistogramHandle,
    pub(crate) scheduled: HistogramHandle,
    pub(crate) idle: CounterHandle<f64>,
}

impl Meters {
    pub(crate) fn declare(task: &str) -> Result<Self, BuildError> {
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        let declaration = |name, help| Declaration::new(name, help, place!());
        let seconds = |name, help| declaration(name, help).unit("seconds");
        let instrumented: &Counter<OfTask<'static>> =
            declaration("tokio_instrumented_tasks_total", "Tasks that a monitor was put around.")
                .declare(Counter::new)?;
        let live: &UpDownCounter<OfTask<'static>> = declaration(
            "tokio_live_instrumented_tasks",
            "Tasks that a monitor was put around and that have not ended.",
        )
        .declare(UpDownCounter::new)?;
        let histogram = |name, help| {
            let buckets = common.buckets(None, name).unwrap_or(DURATIONS);
            seconds(name, help).declare(|| Histogram::new(buckets))
        };
        let first_poll_delays: &Histogram<OfTask<'static>> = histogram(
            "tokio_task_first_poll_delay_seconds",
            "Time from when a monitor was put around a task to its first poll.",
        )?;
        let polls: &Histogram<OfTask<'static>> =
            histogram("tokio_task_poll_duration_seconds", "Time that polls of tasks took.")?;
        let scheduled: &Histogram<OfTask<'static>> = histogram(
            "tokio_task_scheduled_duration_seconds",
            "Time from when tasks were woken to when they were polled.",
        )?;
        let idle: &FloatCounter<OfTask<'static>> =
            seconds("tokio_task_idle_seconds_total", "Time from the end of polls to when tasks were woken.")
                .declare(FloatCounter::new)?;
        Ok(Self {
            instrumented: instrumented.with(OfTask { task }),
            live: live.with(OfTask { task }),
            first_poll_delays: first_poll_delays.with(OfTask { task }),
            polls: polls.with(OfTask { task }),
            scheduled: scheduled.with(OfTask { task }),
            idle: idle.with(OfTask { task }),
        })
    }
}
