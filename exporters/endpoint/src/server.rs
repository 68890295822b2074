//! The loop that accepts connections, and what becomes of each.

use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Sleep, sleep, timeout},
};

#[cfg(feature = "tls")]
use super::tls::Tls;
use super::{
    connection::{Connection, stopped},
    endpoint::Rules,
    listen::{Accepted, Listener},
    scrapes::Room,
};

/// How long accepting pauses when the process is out of file descriptors or memory.
const PAUSE: Duration = Duration::from_millis(100);

/// What the builder decided about connections.
pub(super) struct Settings {
    pub(super) rules: Rules,
    pub(super) read_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) request_timeout: Option<Duration>,
    pub(super) grace: Duration,
    pub(super) max_connections: usize,
    /// Those whose address is not allowed, who only get to know that.
    pub(super) strangers: Arc<Room>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl Settings {
    #[cfg(feature = "tls")]
    pub(super) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "as above")]
    pub(super) fn is_encrypted(&self) -> bool {
        false
    }
}

/// Serves until told to stop, and then until the requests under way are answered or the grace period is over.
pub(super) async fn run(listeners: Vec<Listener>, settings: Arc<Settings>, stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    accept(listeners, &mut connections, &settings, &stop).await;
    let answered = async { while connections.join_next().await.is_some() {} };
    // What is still open when the time is up is cut off when `connections` is dropped.
    let _ = timeout(settings.grace, answered).await;
}

/// Accepts connections until told to stop. Closes the listeners when it returns.
async fn accept(
    mut listeners: Vec<Listener>,
    connections: &mut JoinSet<()>,
    settings: &Arc<Settings>,
    stop: &watch::Receiver<bool>,
) {
    let mut stopping = pin!(stopped(stop.clone()));
    let mut pause: Option<Pin<Box<Sleep>>> = None;
    loop {
        let accepted = poll_fn(|context| {
            if stopping.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            while let Poll::Ready(Some(_)) = connections.poll_join_next(context) {}
            if pause.as_mut().is_some_and(|pause| pause.as_mut().poll(context).is_pending())
                || connections.len() >= settings.max_connections
            {
                return Poll::Pending;
            }
            pause = None;
            poll_any(&mut listeners, context).map(Some)
        })
        .await;
        match accepted {
            None => return,
            Some(Ok(accepted)) => {
                if let Some(connection) = Connection::new(accepted, settings, stop) {
                    connections.spawn(connection.converse());
                }
            }
            Some(Err(error)) if is_about_one_connection(&error) => {}
            Some(Err(_)) => pause = Some(Box::pin(sleep(PAUSE))),
        }
    }
}

/// Accepts from any of the listeners. The one that had its turn comes last the next time.
fn poll_any(listeners: &mut [Listener], context: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
    let ready = listeners.iter().enumerate().find_map(|(at, listener)| match listener.poll_accept(context) {
        Poll::Ready(accepted) => Some((at, accepted)),
        Poll::Pending => None,
    });
    ready.map_or(Poll::Pending, |(at, accepted)| {
        if let Some(front) = listeners.get_mut(..=at) {
            front.rotate_left(1);
        }
        Poll::Ready(accepted)
    })
}

/// Whether the error is over with the connection that it came from.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
