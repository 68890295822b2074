//! A supervisor, workers that share a port, and one exposition of all of them.
//!
//! ```console
//! $ cargo run -p prefork -- --workers 4
//! serving http://127.0.0.1:8080/ by 4 workers
//! $ curl http://127.0.0.1:8080/ ; curl http://127.0.0.1:8080/metrics
//! $ kill -9 $(pgrep -n prefork) ; curl http://127.0.0.1:8080/metrics
//! ```
//!
//! Whichever worker answers, `/metrics` is that of all; and what a worker has counted that was killed stays counted.

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
