//! A push that somebody waits for, in async code or without.

use std::{
    fmt,
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
    thread::{self, JoinHandle},
};

use http::Method;
use tokio::{runtime, sync::oneshot};

use super::{
    error::PushError,
    exchange::{Settings, send},
};

/// A request to a Pushgateway that is sent once it is awaited, or [waited for](Pending::wait).
///
/// The work is done by a thread of its own, with a runtime of its own. So it makes no difference which executor awaits
/// it, if any, and how busy that is. Dropping it gives the push up; whether the gateway has stored it by then is not
/// known.
#[must_use = "nothing is sent before it is awaited or waited for"]
pub struct Pending(State);

enum State {
    Ready(Arc<Settings>, Method),
    Running(oneshot::Receiver<Result<(), PushError>>),
    Over,
}

impl Pending {
    pub(super) fn new(settings: Arc<Settings>, method: Method) -> Self {
        Self(State::Ready(settings, method))
    }

    /// Blocks until the response is there, or the request has failed or taken too long.
    ///
    /// Async code awaits it instead.
    ///
    /// # Errors
    ///
    /// See [`PushError`].
    pub fn wait(self) -> Result<(), PushError> {
        let State::Ready(settings, method) = self.0 else {
            return Err(lost("it has been awaited before"));
        };
        let (thread, mut result) = start(settings, method)?;
        if thread.join().is_err() {
            return Err(lost("the thread panicked"));
        }
        result.try_recv().unwrap_or_else(|_| Err(lost("the thread ended early")))
    }
}

impl Future for Pending {
    type Output = Result<(), PushError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Ready(settings, method) = &self.0 {
            self.0 = match start(Arc::clone(settings), method.clone()) {
                Ok((_, result)) => State::Running(result),
                Err(error) => {
                    self.0 = State::Over;
                    return Poll::Ready(Err(error));
                }
            };
        }
        let result = match &mut self.0 {
            State::Running(result) => ready!(Pin::new(result).poll(context)),
            _ => return Poll::Ready(Err(lost("it is over"))),
        };
        self.0 = State::Over;
        Poll::Ready(result.unwrap_or_else(|_| Err(lost("the thread ended early"))))
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

fn lost(why: &'static str) -> PushError {
    PushError::Thread { source: io::Error::other(why) }
}

type Started = (JoinHandle<()>, oneshot::Receiver<Result<(), PushError>>);

fn start(settings: Arc<Settings>, method: Method) -> Result<Started, PushError> {
    let (report, result) = oneshot::channel();
    let thread = thread::Builder::new()
        .name("tallymark-push".to_owned())
        .spawn(move || run(&settings, &method, report))
        .map_err(|source| PushError::Thread { source })?;
    Ok((thread, result))
}

/// Sends the request, unless its [`Pending`] is dropped meanwhile.
fn run(settings: &Arc<Settings>, method: &Method, mut report: oneshot::Sender<Result<(), PushError>>) {
    let runtime = match runtime::Builder::new_current_thread().enable_io().enable_time().build() {
        Ok(runtime) => runtime,
        Err(source) => return drop(report.send(Err(PushError::Thread { source }))),
    };
    let result = runtime.block_on(async {
        let mut sent = pin!(send(settings, method));
        poll_fn(|context| {
            if report.poll_closed(context).is_ready() {
                return Poll::Ready(None);
            }
            sent.as_mut().poll(context).map(Some)
        })
        .await
    });
    // A collector that hangs, or a name server, is not waited for.
    runtime.shutdown_background();
    if let Some(result) = result {
        let _ = report.send(result);
    }
}
