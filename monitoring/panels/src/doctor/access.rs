//! How an endpoint is reached.

/// How the endpoint of a program's metrics is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// The port.
    pub port: u16,
    /// The path of the metrics.
    pub path: String,
    /// Whether it requires credentials or a client certificate.
    pub guarded: bool,
}

impl Access {
    /// Creates the description of an endpoint that anyone who reaches its port may read.
    pub fn open(port: u16, path: impl Into<String>) -> Self {
        Self { port, path: path.into(), guarded: false }
    }

    /// Creates the description of an endpoint that requires credentials or a client certificate.
    pub fn guarded(port: u16, path: impl Into<String>) -> Self {
        Self { guarded: true, ..Self::open(port, path) }
    }
}
