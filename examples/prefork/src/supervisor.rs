//! Starts the workers, and replaces those that end.

use crate::options::Options;
use std::{
    env, io,
    process::{Child, Command},
    thread,
    time::Duration,
};

fn start(options: &Options, worker: usize) -> io::Result<Child> {
    Command::new(env::current_exe()?)
        .arg("--worker")
        .arg(worker.to_string())
        .arg("--port")
        .arg(options.port.to_string())
        .arg("--directory")
        .arg(&options.directory)
        .spawn()
}

pub(crate) fn run(options: &Options) -> io::Result<()> {
    let mut workers: Vec<Child> =
        (0..options.workers).map(|worker| start(options, worker)).collect::<io::Result<_>>()?;
    println!(
        "serving http://127.0.0.1:{}/ by {} workers; files in {}",
        options.port,
        options.workers,
        options.directory.display()
    );
    loop {
        for (worker, child) in workers.iter_mut().enumerate() {
            if let Some(status) = child.try_wait()? {
                println!("worker {worker} has ended ({status}), and is started again");
                *child = start(options, worker)?;
            }
        }
        thread::sleep(Duration::from_millis(50));
    }
}
