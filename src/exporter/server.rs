//! The loop that accepts connections, and what happens on each of them.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{Sleep, sleep, timeout},
};

use super::{endpoint::Ask, stream::Stream, timer::Timer};

/// More connections than this wait in the system's queue, so that scrapers never take all file descriptors of the
/// application.
const MAX_CONNECTIONS: usize = 512;

/// The head of a request may have this size; a longer one is answered with 431.
const MAX_HEAD: usize = 16 * 1024;

/// What hyper may buffer for one connection in each direction.
const MAX_BUFFER: usize = 64 * 1024;

/// How long accepting pauses when the process is out of file descriptors or memory.
const PAUSE: Duration = Duration::from_millis(100);

/// What the builder decided about connections.
pub(super) struct Settings {
    pub(super) path: String,
    pub(super) read_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) grace: Duration,
}

/// Serves until told to stop, and then until the requests under way are answered or the grace period is over.
pub(super) async fn run(listener: TcpListener, settings: Arc<Settings>, stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    accept(listener, &mut connections, &settings, &stop).await;
    let answered = async { while connections.join_next().await.is_some() {} };
    // What is still open when the time is up is cut off when `connections` is dropped.
    let _ = timeout(settings.grace, answered).await;
}

/// Accepts connections until told to stop. Closes the listener when it returns.
async fn accept(
    listener: TcpListener,
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
                || connections.len() >= MAX_CONNECTIONS
            {
                return Poll::Pending;
            }
            pause = None;
            listener.poll_accept(context).map(Some)
        })
        .await;
        match accepted {
            None => return,
            Some(Ok((tcp, _))) => {
                connections.spawn(converse(tcp, Arc::clone(settings), stop.clone()));
            }
            Some(Err(error)) if is_about_one_connection(&error) => {}
            Some(Err(_)) => pause = Some(Box::pin(sleep(PAUSE))),
        }
    }
}

/// Whether the error is over with the connection that it came from.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Answers the requests of one connection, one after the other.
async fn converse(tcp: TcpStream, settings: Arc<Settings>, stop: watch::Receiver<bool>) {
    // Without it, the end of a response may wait for the client to acknowledge its beginning.
    let _ = tcp.set_nodelay(true);
    let stream = Stream::new(tcp, settings.write_timeout);
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let path = Some(settings.path.as_str());
        let ask = Ask::read(&request, path);
        async move { Ok::<_, Infallible>(ask.answer(path).await) }
    });
    let connection = http1::Builder::new()
        .timer(Timer)
        .header_read_timeout(settings.read_timeout)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let mut stopping = pin!(stopped(stop));
    let mut told = false;
    poll_fn(|context| {
        if !told && stopping.as_mut().poll(context).is_ready() {
            told = true;
            connection.as_mut().graceful_shutdown();
        }
        // A connection that ends in an error ends like any other: there is nobody left to tell.
        connection.as_mut().poll(context).map(drop)
    })
    .await;
}

/// Ends when the endpoint is told to stop; never, if it was detached.
async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        pending::<()>().await;
    }
}
