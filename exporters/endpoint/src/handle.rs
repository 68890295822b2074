//! A running endpoint.

use std::{
    fmt, mem,
    net::{Ipv4Addr, SocketAddr},
    process,
    thread::{self, JoinHandle},
};

use tokio::sync::watch;

use super::listen::Endpoint;

/// A running `/metrics` endpoint.
///
/// Dropping it stops the endpoint, exactly as [`stop`](Exporter::stop) does. A program that serves metrics for as long
/// as it runs keeps the value in `main`, or calls [`detach`](Exporter::detach).
///
/// A child process that was forked off inherits the value and not the thread: there, dropping it does nothing.
#[derive(Debug)]
#[must_use = "dropping it stops the endpoint; keep it, or call `detach`"]
pub struct Exporter {
    endpoints: Vec<Endpoint>,
    warnings: Vec<Warning>,
    stop: Option<watch::Sender<bool>>,
    thread: Option<JoinHandle<()>>,
    /// That of the process whose thread it is.
    process: u32,
}

impl Exporter {
    pub(super) fn new(
        endpoints: Vec<Endpoint>,
        warnings: Vec<Warning>,
        stop: watch::Sender<bool>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self { endpoints, warnings, stop: Some(stop), thread: Some(thread), process: process::id() }
    }

    /// The address that is listened on, with the port that the system chose if port 0 was asked for.
    ///
    /// Of several, the first; of none, since there are only Unix sockets, `0.0.0.0:0`. [`endpoints`](Exporter::endpoints)
    /// has them all.
    pub fn local_addr(&self) -> SocketAddr {
        let address = self.endpoints.iter().find_map(Endpoint::address);
        address.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))
    }

    /// Everything that is listened on, in the order in which it was given.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// What somebody should know about how the endpoint is set up. It was printed to the standard error when the endpoint
    /// was started.
    ///
    /// ```
    /// use tallymark::exporter::{self, Warning};
    ///
    /// let exporter = exporter::serve("0.0.0.0:0")?;
    /// assert_eq!(exporter.warnings(), [Warning::Unguarded(exporter.local_addr())]);
    /// # Ok::<(), tallymark::exporter::ServeError>(())
    /// ```
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
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
        let (stop, thread) = (self.stop.take(), self.thread.take());
        if self.process != process::id() {
            // After a fork, the thread is the parent's. Locks of its runtime may be held for ever here, and there is
            // nothing to join.
            mem::forget((stop, thread));
            return;
        }
        if let Some(stop) = stop {
            stop.send_replace(true);
        }
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // The thread runs nothing that panics on purpose; if it did, there is nothing left to stop.
            let _ = thread.join();
        }
    }
}

/// Something about a running endpoint that may not be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The address can be reached from other machines, and nothing is asked of those who do: neither credentials nor a
    /// client certificate, nor an address that is [allowed](super::Builder::allow).
    Unguarded(SocketAddr),
    /// The variable of the environment is called as those that [`Builder::from_env`](super::Builder::from_env) reads, and
    /// is none of them.
    NotRead(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unguarded(address) => write!(
                f,
                "the metrics on {address} can be read by everybody who reaches that address; ask for a token, a password \
                 or client certificates, or say which addresses are allowed"
            ),
            Self::NotRead(variable) => {
                write!(
                    f,
                    "the variable `{variable}` is none of those that set up the endpoint, and is not read"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    /// What a forked child drops is its copy.
    #[test]
    fn one_of_another_process_is_left_alone() {
        let mut exporter = crate::serve("127.0.0.1:0").expect("a port");
        let address = exporter.local_addr();
        exporter.process = exporter.process.wrapping_add(1);
        drop(exporter);
        assert!(TcpStream::connect(address).is_ok(), "it still serves");
    }
}
