//! The command line.

use std::{env, error::Error, path::PathBuf};

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) workers: usize,
    pub(crate) port: u16,
    pub(crate) directory: PathBuf,
    /// The number of this worker, or `None` for the supervisor.
    pub(crate) worker: Option<usize>,
}

/// Reads the command line.
pub(crate) fn read() -> Result<Options, Box<dyn Error>> {
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
