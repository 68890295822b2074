//! A running endpoint.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
};

use tokio::sync::watch;

/// A running `/metrics` endpoint.
///
/// Dropping it stops the endpoint, exactly as [`stop`](Exporter::stop) does. A program that serves metrics for as long
/// as it runs keeps the value in `main`, or calls [`detach`](Exporter::detach).
#[derive(Debug)]
#[must_use = "dropping it stops the endpoint; keep it, or call `detach`"]
pub struct Exporter {
    address: SocketAddr,
    stop: Option<watch::Sender<bool>>,
    thread: Option<JoinHandle<()>>,
}

impl Exporter {
    pub(super) fn new(address: SocketAddr, stop: watch::Sender<bool>, thread: JoinHandle<()>) -> Self {
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    /// The address that is listened on, with the port that the system chose if port 0 was asked for.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops the endpoint and waits until it has ended.
    ///
    /// The port is closed at once, as are connections without a request. Requests under way are answered to the end;
    /// those that take longer than the [grace period](super::Builder::grace) are cut off, which a client notices as an
    /// incomplete response. The call returns when all that is done, so it blocks for the grace period at the most; async
    /// code that shares its thread with others calls it in a blocking task, such as `tokio::task::spawn_blocking`.
    ///
    /// ```
    /// let exporter = tallymark::exporter::serve("127.0.0.1:0")?;
    /// let address = exporter.local_addr();
    /// exporter.stop();
    /// assert!(std::net::TcpStream::connect(address).is_err());
    /// # Ok::<(), tallymark::exporter::ServeError>(())
    /// ```
    pub fn stop(self) {
        drop(self);
    }

    /// Lets the endpoint run until the process ends.
    ///
    /// ```
    /// tallymark::exporter::serve("127.0.0.1:0")?.detach();
    /// # Ok::<(), tallymark::exporter::ServeError>(())
    /// ```
    pub fn detach(mut self) {
        self.stop = None;
        self.thread = None;
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send_replace(true);
        }
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // The thread runs nothing that panics on purpose; if it did, there is nothing left to stop.
            let _ = thread.join();
        }
    }
}
