//! A process that runs a job when it is told to.

use std::{
    io::{self, BufRead, Write},
    panic::catch_unwind,
    sync::mpsc,
    thread,
};
use tallymark::{encode_to_string, job, registry::Format};

/// Runs what it is given, which may fail.
#[job(name = "work", overdue_after = "1h")]
fn work<T>(what: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    what()
}

/// Begins a run that does not end, and returns when it has begun.
fn begin() -> io::Result<()> {
    let (begun, is_begun) = mpsc::channel();
    thread::spawn(move || {
        work(|| {
            begun.send(()).map_err(io::Error::other)?;
            loop {
                thread::park();
            }
            #[expect(unreachable_code, reason = "it says what is returned")]
            Ok(())
        })
    });
    is_begun.recv().map_err(io::Error::other)
}

/// Does what each line of its standard input says, and writes a line when it is done. `scrape` writes an exposition in
/// OpenMetrics before that.
pub(crate) fn run() -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "done")?;
    for line in io::stdin().lock().lines() {
        match line?.as_str() {
            "scrape" => output.write_all(encode_to_string(Format::OpenMetrics100).as_bytes())?,
            "succeed" => work(|| Ok(()))?,
            // That it fails and panics is what is asked for.
            "fail" => drop(work(|| Err::<(), _>(io::Error::other("as asked")))),
            "panic" => drop(catch_unwind(|| work::<()>(|| panic!("as asked")))),
            "begin" => begin()?,
            other => return Err(io::Error::other(format!("unknown: {other}"))),
        }
        writeln!(output, "done")?;
    }
    Ok(())
}
