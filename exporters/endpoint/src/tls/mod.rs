//! TLS, with client certificates where wanted.

mod config;

use std::{io, path::PathBuf, sync::Arc};

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{
    file::{FileError, Watched},
    refusal::File,
};

/// Where the certificate, its key and the authorities of client certificates are.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) clients: Option<PathBuf>,
}

/// Encrypts connections, with what the files say when a connection begins.
#[derive(Debug)]
pub(super) struct Tls(Watched<ServerConfig>);

impl Tls {
    pub(super) fn open(paths: Paths) -> Result<Self, FileError> {
        let Paths { certificate, key, clients } = paths;
        let files = [certificate, key].into_iter().chain(clients).collect();
        Watched::open(File::Certificate, files, config::load).map(Self)
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config: Arc<ServerConfig> = self.0.get();
        TlsAcceptor::from(config).accept(stream).await
    }
}
