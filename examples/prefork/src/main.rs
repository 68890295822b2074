//! A supervisor, and workers that share a port and one exposition.
//!
//! ```console
//! $ cargo run -p prefork -- --workers 4
//! serving http://127.0.0.1:8080/ by 4 workers
//! $ curl http://127.0.0.1:8080/ ; curl http://127.0.0.1:8080/metrics
//! $ kill -9 $(pgrep -n prefork) ; curl http://127.0.0.1:8080/metrics
//! ```
//!
//! `/metrics` shows what all workers have counted, whichever of them serves the request. What a killed worker has counted
//! stays counted.

mod options;
mod server;
mod supervisor;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let options = options::read()?;
    match options.worker {
        Some(worker) => {
            tallymark::processes::Builder::new(&options.directory).group("prefork").start()?;
            server::serve(worker, options.port)?;
        }
        None => supervisor::run(&options)?,
    }
    Ok(())
}
