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
    task::{AbortHandle, JoinSet},
    time::{Sleep, sleep, timeout},
};

use super::{
    listen::{Accepted, Listener},
    progress::Progress,
    session::{Connection, stopped},
    settings::Settings,
};

/// How long accepting pauses when the process is out of file descriptors or memory, and when there are as many connections
/// as may be and none of them is idle.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection is not closed for another one before it was idle for this long, so that a request on its way arrives.
const SHORT_IDLE: Duration = Duration::from_secs(1);

/// A connection that is served.
struct Open {
    task: AbortHandle,
    progress: Progress,
}

/// Serves until told to stop, and then until the requests under way have their responses or the grace period is over.
pub(super) async fn run(listeners: Vec<Listener>, settings: Arc<Settings>, stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    accept(listeners, &mut connections, &settings, &stop).await;
    let ended = async { while connections.join_next().await.is_some() {} };
    // What is still open when the time is up is cut off when `connections` is dropped.
    let _ = timeout(settings.grace, ended).await;
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
    let mut open: Vec<Open> = Vec::new();
    // One that was accepted for the place of an idle connection which then was idle no more.
    let mut waiting: Option<Connection> = None;
    loop {
        let accepted = poll_fn(|context| {
            if stopping.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            let mut ended = false;
            while let Poll::Ready(Some(_)) = connections.poll_join_next(context) {
                ended = true;
            }
            if ended {
                open.retain(|connection| !connection.task.is_finished());
                // There may be a descriptor or a place for another one.
                pause = None;
            }
            loop {
                if pause.as_mut().is_some_and(|pause| pause.as_mut().poll(context).is_pending()) {
                    return Poll::Pending;
                }
                pause = None;
                if open.len() < settings.max_connections || longest_idle(&open).is_some() {
                    return match waiting.take() {
                        Some(connection) => Poll::Ready(Some(Ok(Some(connection)))),
                        None => poll_any(&mut listeners, context)
                            .map_ok(|accepted| Connection::new(accepted, settings, stop))
                            .map(Some),
                    };
                }
                // Polled in the next turn of the loop, or it would not wake this task.
                pause = Some(Box::pin(sleep(PAUSE)));
            }
        })
        .await;
        match accepted {
            None => return,
            Some(Ok(None)) => {}
            Some(Ok(Some(connection))) => {
                if open.len() < settings.max_connections || close_longest_idle(&mut open) {
                    let progress = connection.progress().clone();
                    open.push(Open { task: connections.spawn(connection.serve()), progress });
                } else {
                    waiting = Some(connection);
                }
            }
            Some(Err(error)) if is_about_one_connection(&error) => {}
            Some(Err(_)) => pause = Some(Box::pin(sleep(PAUSE))),
        }
    }
}

/// Returns the place of the connection that may be closed for another one.
fn longest_idle(open: &[Open]) -> Option<usize> {
    let idle = open.iter().enumerate().filter_map(|(at, open)| Some((open.progress.idle_since()?, at)));
    idle.min().filter(|(since, _)| since.elapsed() >= SHORT_IDLE).map(|(_, at)| at)
}

/// Closes the connection that may be closed for another one. Returns `false` if none may be closed.
fn close_longest_idle(open: &mut Vec<Open>) -> bool {
    let place = longest_idle(open);
    if let Some(at) = place {
        open.swap_remove(at).task.abort();
    }
    place.is_some()
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
