//! What becomes of a task between two polls.

use crate::{BuildError, meters::Meters};
use atomic_waker::AtomicWaker;
use pin_project_lite::pin_project;
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};
use tallymark_core::InFlightGuard;

/// Measures the tasks of one name: how often and how long they are polled, and how long they wait for it.
///
/// ```
/// use tallymark_tokio::TaskMonitor;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let checkouts = TaskMonitor::new("checkout")?;
/// let sum = tokio::spawn(checkouts.instrument(async { 1 + 1 })).await?;
/// assert_eq!(sum, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TaskMonitor {
    meters: Meters,
}

impl TaskMonitor {
    /// A monitor for tasks of this name. All monitors of one name share their metrics.
    ///
    /// The name is a label: write one for each kind of task, and not for each task.
    ///
    /// # Errors
    ///
    /// If the families of tasks cannot be declared, because something else has their names, or if an environment variable with
    /// settings of all layers is not valid.
    pub fn new(task: impl AsRef<str>) -> Result<Self, BuildError> {
        Ok(Self { meters: Meters::declare(task.as_ref())? })
    }

    /// Measures a future from here on: usually one that is spawned next.
    pub fn instrument<F: Future>(&self, future: F) -> InstrumentedTask<F> {
        self.meters.instrumented.inc();
        let state =
            Arc::new(State { born: Instant::now(), woken: AtomicU64::new(NEVER), waker: AtomicWaker::new() });
        let waker = Waker::from(Arc::clone(&state));
        let live = self.meters.live.in_flight();
        InstrumentedTask { future, meters: self.meters, state, waker, polled: None, _live: live }
    }
}

/// Not woken since the last poll.
const NEVER: u64 = u64::MAX;

/// What the task and those who wake it share.
struct State {
    /// When the monitor was put around the task. Other moments are nanoseconds since this one.
    born: Instant,
    /// When the task was woken first since its last poll, or [`NEVER`].
    woken: AtomicU64,
    /// Wakes the task.
    waker: AtomicWaker,
}

impl State {
    fn now(&self) -> u64 {
        // After 584 years, tasks are never woken again, as far as this is concerned.
        u64::try_from(self.born.elapsed().as_nanos()).unwrap_or(NEVER)
    }
}

impl Wake for State {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Only the first counts. Who comes later has nothing to add.
        if self.woken.load(Ordering::Relaxed) == NEVER {
            let _ = self.woken.compare_exchange(NEVER, self.now(), Ordering::Relaxed, Ordering::Relaxed);
        }
        self.waker.wake();
    }
}

pin_project! {
    /// A future that a [`TaskMonitor`] measures.
    #[must_use = "futures do nothing unless they are awaited or spawned"]
    pub struct InstrumentedTask<F> {
        #[pin]
        future: F,
        meters: Meters,
        state: Arc<State>,
        // The waker that the future gets: it notes the moment and wakes the task.
        waker: Waker,
        // When the last poll ended.
        polled: Option<u64>,
        _live: InFlightGuard,
    }
}

impl<F: Future> Future for InstrumentedTask<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let (meters, state) = (*this.meters, &**this.state);
        // Before the moment is forgotten, so that whoever wakes the task from here on wakes the right one.
        state.waker.register(context.waker());
        let (now, woken) = (state.now(), state.woken.swap(NEVER, Ordering::Relaxed));
        let between = |from: u64, to: u64| Duration::from_nanos(to.saturating_sub(from));
        match *this.polled {
            None => meters.first_poll_delays.observe_duration(between(0, now)),
            // A task may be polled without being woken: by a `select!` that it is part of.
            Some(_) if woken == NEVER => {}
            Some(polled) => {
                meters.idle.inc_by(between(polled, woken).as_secs_f64());
                // Woken during its last poll, it has waited since that ended.
                meters.scheduled.observe_duration(between(woken.max(polled), now));
            }
        }
        let timer = meters.polls.start_timer();
        let result = this.future.poll(&mut Context::from_waker(this.waker));
        timer.stop();
        *this.polled = Some(state.now());
        result
    }
}

impl<F> std::fmt::Debug for InstrumentedTask<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstrumentedTask").finish_non_exhaustive()
    }
}
