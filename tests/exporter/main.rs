//! The `/metrics` endpoint, from the other side of a socket.

#![cfg(feature = "exporter")]

mod client;
mod errors;
mod requests;

use tallymark::exporter::{self, Exporter};

fn serve() -> Exporter {
    exporter::serve("127.0.0.1:0").expect("the system has a free port")
}
