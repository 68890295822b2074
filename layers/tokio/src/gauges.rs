//! Tasks that refresh gauges.

use crate::BuildError;
use std::{
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};
use tallymark_core::{
    Counter, place,
    registry::{Declaration, GaugeRefresh, gauge_refreshes},
};
use tallymark_derive::{LabelSet, LabelValue};
use tokio::{
    runtime::Handle,
    task::AbortHandle,
    time::{Sleep, sleep},
};

/// Why a gauge was not refreshed.
#[derive(LabelValue, Clone, Copy)]
#[label(crate = tallymark_core)]
enum Failure {
    Error,
    Panic,
    Timeout,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct OfGauge<'a> {
    gauge: &'a str,
    error: Failure,
}

/// Starts a task for every gauge of the program that is declared with `#[gauge_refresh]`: it is refreshed at once, and then
/// always so long after the last time as it says. The tasks end when what is returned is dropped.
///
/// ```
/// use std::io;
/// use tallymark::gauge_refresh;
///
/// /// Orders that nobody has packed yet.
/// #[gauge_refresh(every = "60s", timeout = "5s")]
/// async fn orders_open() -> Result<i64, io::Error> {
///     Ok(3)
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), tallymark_tokio::BuildError> {
///     let gauges = tallymark_tokio::refresh_gauges()?;
///     tokio::task::yield_now().await;
///     assert_eq!(tallymark::registry::snapshot().value("orders_open", &[]), Some(3.0));
///     drop(gauges);
///     Ok(())
/// }
/// ```
///
/// Refreshes that fail leave the value as it was, and are counted in `tallymark_gauge_refresh_errors_total{gauge,error}`, where
/// `error` is `error`, `panic` or `timeout`.
///
/// # Errors
///
/// If this is not called within a runtime of tokio whose timers are enabled, or something else has the name of that counter.
pub fn refresh_gauges() -> Result<GaugeRefreshes, BuildError> {
    let runtime = Handle::try_current().map_err(|_| BuildError::Runtime)?;
    // Making a timer panics where the runtime has none.
    if timer(Duration::ZERO).is_none() {
        return Err(BuildError::Runtime);
    }
    let name = "tallymark_gauge_refresh_errors_total";
    let help = "Refreshes of gauges that failed, by what went wrong.";
    let errors: &'static Counter<OfGauge<'static>> =
        Declaration::new(name, help, place!()).declare(Counter::new)?;
    let task = |gauge: GaugeRefresh| runtime.spawn(refresh(gauge, errors)).abort_handle();
    Ok(GaugeRefreshes { tasks: gauge_refreshes().into_iter().map(task).collect() })
}

/// Keeps gauges refreshed until it is dropped. Returned by [`refresh_gauges`].
#[must_use = "dropped at once, no gauge is refreshed; `forget` refreshes them as long as the runtime lives"]
pub struct GaugeRefreshes {
    tasks: Vec<AbortHandle>,
}

impl GaugeRefreshes {
    /// Refreshes the gauges as long as the runtime lives.
    pub fn forget(mut self) {
        self.tasks.clear();
    }
}

impl Drop for GaugeRefreshes {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for GaugeRefreshes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GaugeRefreshes").field("tasks", &self.tasks.len()).finish()
    }
}

fn timer(duration: Duration) -> Option<Sleep> {
    catch_unwind(|| sleep(duration)).ok()
}

async fn refresh(gauge: GaugeRefresh, errors: &'static Counter<OfGauge<'static>>) {
    let count = |error| errors.with(OfGauge { gauge: gauge.name(), error });
    loop {
        if let Err(failure) = once(gauge).await {
            count(failure).inc();
        }
        sleep(gauge.every()).await;
    }
}

/// Refreshes a gauge once.
async fn once(gauge: GaugeRefresh) -> Result<(), Failure> {
    let (mut limit, mut refreshing) = (pin!(sleep(gauge.timeout())), pin!(gauge.refresh()));
    poll_fn(|context| {
        // Whatever state the application is in after a panic is its own.
        match catch_unwind(AssertUnwindSafe(|| refreshing.as_mut().poll(context))) {
            Err(_) => return Poll::Ready(Err(Failure::Panic)),
            Ok(Poll::Ready(true)) => return Poll::Ready(Ok(())),
            Ok(Poll::Ready(false)) => return Poll::Ready(Err(Failure::Error)),
            Ok(Poll::Pending) => {}
        }
        limit.as_mut().poll(context).map(|()| Err(Failure::Timeout))
    })
    .await
}
