//! What happens on one connection.

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
    sync::watch,
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
    endpoint::{self, Ask},
    guard::Peer,
    listen::Accepted,
    refusal::{self, Reason},
    scrapes::Place,
    server::Settings,
    stream::{Deadline, Stream, Transport},
    timer::Timer,
};

/// The head of a request may have this size; a longer one is answered with 431.
const MAX_HEAD: usize = 16 * 1024;

/// What hyper may buffer for one connection in each direction.
const MAX_BUFFER: usize = 64 * 1024;

/// So long those may take who only get to know that their address is not allowed, and so long a TLS handshake.
const BRIEF: Duration = Duration::from_secs(10);

/// A connection that is to be talked on.
pub(super) struct Connection {
    accepted: Accepted,
    peer: Peer,
    settings: Arc<Settings>,
    stop: watch::Receiver<bool>,
    /// Taken by those whose address is not allowed.
    stranger: Option<Place>,
}

impl Connection {
    /// Takes on a connection, unless it is better closed at once: many from addresses that are not allowed, or one of them
    /// that would have to be encrypted before it could be told.
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
        if !settings.rules.guard.admits(peer) {
            stranger = settings.strangers.enter().filter(|_| !settings.is_encrypted());
            if stranger.is_none() {
                refusal::refuse(Reason::Address);
                return None;
            }
        }
        Some(Self { accepted, peer, settings: Arc::clone(settings), stop: stop.clone(), stranger })
    }

    /// Answers the requests of the connection, one after the other.
    pub(super) async fn converse(self) {
        let Self { accepted, peer, settings, stop, stranger } = self;
        let talk = Talk { peer, settings, brief: stranger.is_some() };
        let transport: Box<dyn Transport> = match accepted {
            Accepted::Tcp(stream, _) => {
                // Without it, the end of a response may wait for the client to acknowledge its beginning.
                let _ = stream.set_nodelay(true);
                #[cfg(feature = "tls")]
                if talk.settings.tls.is_some() {
                    let Some(stream) = talk.shake_hands(stream, &stop).await else { return };
                    return talk.over(Box::new(stream), stop).await;
                }
                Box::new(stream)
            }
            #[cfg(unix)]
            Accepted::Unix(stream) => Box::new(stream),
        };
        talk.over(transport, stop).await;
        drop(stranger);
    }
}

/// With whom, and how.
struct Talk {
    peer: Peer,
    settings: Arc<Settings>,
    /// One request, and not much time for it.
    brief: bool,
}

impl Talk {
    /// Encrypts the connection, unless that fails or the endpoint is told to stop.
    #[cfg(feature = "tls")]
    async fn shake_hands(
        &self,
        stream: TcpStream,
        stop: &watch::Receiver<bool>,
    ) -> Option<TlsStream<TcpStream>> {
        let tls = self.settings.tls.as_ref()?;
        let until = Instant::now() + BRIEF.min(self.settings.read_timeout);
        let mut shaken = pin!(timeout_at(until, tls.accept(stream)));
        let mut stopping = pin!(stopped(stop.clone()));
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

    async fn over(self, stream: Box<dyn Transport>, stop: watch::Receiver<bool>) {
        let settings = &*self.settings;
        let deadline = Deadline::default();
        let stream = Stream::new(stream, settings.write_timeout, deadline.clone());
        let service = service_fn(|request: Request<Incoming>| {
            let ask = settings.rules.read(&request, self.peer);
            let until = settings.request_timeout.map(|limit| Instant::now() + limit);
            if let Some(until) = until {
                deadline.set(until);
            }
            let deadline = deadline.clone();
            async move { Ok::<_, Infallible>(answer(ask, until, &deadline).await) }
        });
        let read_timeout = if self.brief { settings.read_timeout.min(BRIEF) } else { settings.read_timeout };
        let connection = http1::Builder::new()
            .timer(Timer)
            .keep_alive(!self.brief)
            // A client may have said all that it wants to say, and still read.
            .half_close(true)
            .header_read_timeout(read_timeout)
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
}

async fn answer(ask: Ask, until: Option<Instant>, deadline: &Deadline) -> Response<Body> {
    match (ask, until) {
        (Ask::Answered(response), _) => *response,
        (Ask::Scrape(scrape), None) => scrape.answer().await,
        (Ask::Scrape(scrape), Some(until)) => {
            if let Ok(mut response) = timeout_at(until, scrape.answer()).await {
                response.body_mut().end_by(until);
                return response;
            }
            // There is still time to say so.
            deadline.clear();
            endpoint::late()
        }
    }
}

/// Ends when the endpoint is told to stop; never, if it was detached.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        pending::<()>().await;
    }
}
