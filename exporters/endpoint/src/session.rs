//! One connection: its TLS handshake if there is one, and its requests one after the other.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, timeout_at},
};

#[cfg(feature = "tls")]
use std::task::Poll;
#[cfg(feature = "tls")]
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use super::{
    body::Body,
    guard::Peer,
    listen::Accepted,
    progress::Progress,
    refusal::{self, Reason},
    router::{self, Reply},
    settings::Settings,
    stream::{Stream, Transport},
    timer::Timer,
};

/// The most bytes in the head of a request; a longer one gets 431.
const MAX_HEAD: usize = 16 * 1024;

/// What hyper may buffer for one connection in each direction.
const MAX_BUFFER: usize = 64 * 1024;

/// The longest that a TLS handshake may take, and a connection whose address is not allowed.
const BRIEF: Duration = Duration::from_secs(10);

/// A connection that was accepted.
pub(super) struct Connection {
    accepted: Accepted,
    session: Http1Session,
}

/// What the requests of a connection are served with.
struct Http1Session {
    peer: Peer,
    settings: Arc<Settings>,
    stop: watch::Receiver<bool>,
    progress: Progress,
    /// Held by a connection whose address is not allowed, which gets one response and not much time.
    stranger: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Takes on a connection, unless it is better closed at once: one of many from addresses that are not allowed, or one
    /// of them that would have to be encrypted before it could get a response.
    pub(super) fn new(
        accepted: Accepted,
        settings: &Arc<Settings>,
        stop: &watch::Receiver<bool>,
    ) -> Option<Self> {
        let peer = match &accepted {
            Accepted::Tcp(_, address) => Peer::Address(*address),
            #[cfg(unix)]
            Accepted::Unix(_) => Peer::Local,
        };
        let mut stranger = None;
        if !settings.router.guard.admits(peer) {
            let room = Arc::clone(&settings.strangers).try_acquire_owned();
            stranger = room.ok().filter(|_| !settings.is_encrypted());
            if stranger.is_none() {
                refusal::refuse(Reason::Address);
                return None;
            }
        }
        let (settings, stop, progress) = (Arc::clone(settings), stop.clone(), Progress::new());
        Some(Self { accepted, session: Http1Session { peer, settings, stop, progress, stranger } })
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.session.progress
    }

    /// Responds to the requests of the connection, one after the other.
    pub(super) async fn serve(self) {
        let Self { accepted, session } = self;
        let transport: Box<dyn Transport> = match accepted {
            Accepted::Tcp(stream, _) => {
                // Without it, the end of a response may wait for the client to acknowledge its beginning.
                let _ = stream.set_nodelay(true);
                #[cfg(feature = "tls")]
                if session.settings.tls.is_some() {
                    let Some(stream) = session.shake_hands(stream).await else { return };
                    return session.serve(Box::new(stream)).await;
                }
                Box::new(stream)
            }
            #[cfg(unix)]
            Accepted::Unix(stream) => Box::new(stream),
        };
        session.serve(transport).await;
    }
}

impl Http1Session {
    /// Encrypts the connection, unless that fails or the endpoint is told to stop.
    #[cfg(feature = "tls")]
    async fn shake_hands(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let tls = self.settings.tls.as_ref()?;
        let until = Instant::now() + BRIEF.min(self.settings.read_timeout);
        let mut shaken = pin!(timeout_at(until, tls.accept(stream)));
        let mut stopping = pin!(stopped(self.stop.clone()));
        let shaken = poll_fn(|context| match stopping.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => shaken.as_mut().poll(context).map(Some),
        });
        if let Ok(Ok(stream)) = shaken.await? {
            return Some(stream);
        }
        refusal::refuse(Reason::Tls);
        None
    }

    async fn serve(self, stream: Box<dyn Transport>) {
        let (settings, progress) = (&*self.settings, &self.progress);
        let stream = Stream::new(stream, settings.write_timeout, progress.clone());
        let service = service_fn(|request: Request<Incoming>| {
            let until = settings.request_timeout.map(|limit| Instant::now() + limit);
            progress.asked(until);
            let reply = settings.router.read(&request, self.peer);
            async move {
                let mut response = respond(reply, until, progress).await;
                response.body_mut().report_to(progress.clone());
                Ok::<_, Infallible>(response)
            }
        });
        let brief = self.stranger.is_some();
        let read_timeout = if brief { settings.read_timeout.min(BRIEF) } else { settings.read_timeout };
        let connection = http1::Builder::new()
            .timer(Timer)
            .keep_alive(!brief)
            // A client may have said all that it wants to say, and still read.
            .half_close(true)
            .header_read_timeout(read_timeout)
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let mut stopping = pin!(stopped(self.stop.clone()));
        let mut told = false;
        poll_fn(|context| {
            if !told && stopping.as_mut().poll(context).is_ready() {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
            // A connection that ends in an error ends like any other: the client is gone.
            connection.as_mut().poll(context).map(drop)
        })
        .await;
    }
}

async fn respond(reply: Reply, until: Option<Instant>, progress: &Progress) -> Response<Body> {
    match (reply, until) {
        (Reply::Ready(response), _) => *response,
        #[cfg(feature = "live")]
        (Reply::Live(page), None) => page.respond().await,
        #[cfg(feature = "live")]
        (Reply::Live(page), Some(until)) => {
            if let Ok(mut response) = timeout_at(until, page.respond()).await {
                response.body_mut().end_by(until);
                return response;
            }
            progress.clear_deadline();
            router::late()
        }
        (Reply::Scrape(scrape), None) => scrape.respond().await,
        (Reply::Scrape(mut scrape), Some(until)) => {
            scrape.end_by(until);
            if let Ok(mut response) = timeout_at(until, scrape.respond()).await {
                response.body_mut().end_by(until);
                return response;
            }
            // There is still time to say so.
            progress.clear_deadline();
            router::late()
        }
    }
}

/// Ends when the endpoint is told to stop; never, if it was detached.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        pending::<()>().await;
    }
}
