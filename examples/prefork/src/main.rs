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

mod server;
mod supervisor;

use std::{env, error::Error, path::PathBuf};

/// What the command line says.
struct Options {
    workers: usize,
    port: u16,
    directory: PathBuf,
    /// Which worker this process is; none if it is the supervisor.
    worker: Option<usize>,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let directory = env::var_os("TALLYMARK_PROCESSES_DIR").map(PathBuf::from);
    let mut options = Options {
        workers: 4,
        port: 8080,
        directory: directory.unwrap_or_else(|| format!("/dev/shm/prefork-{}", std::process::id()).into()),
        worker: None,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--workers" => options.workers = value()?.parse()?,
            "--port" => options.port = value()?.parse()?,
            "--directory" => options.directory = value()?.into(),
            "--worker" => options.worker = Some(value()?.parse()?),
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    match options.worker {
        Some(worker) => {
            tallymark::processes::Builder::new(&options.directory).group("prefork").start()?;
            server::serve(worker, options.port)?;
        }
        None => supervisor::run(&options)?,
    }
    Ok(())
}
