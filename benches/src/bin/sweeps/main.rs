//! How costs grow with what a user or a stranger can make long: one table, each exponent beside its rule.
//!
//! `cargo run --release -p tallymark-benches -- sweeps` runs it; `sweeps --smoke` is the short version.

mod cost;
mod fit;
mod keep;
mod meter;
mod run;
mod subject;
mod subjects;

use std::{io::Write as _, process::ExitCode};

use meter::Meter;
use run::Run;
use tallymark_benches::harness::allocator::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str = "\
usage: sweeps [SUBJECT…] [--smoke] [--allocations] [--write] [--list]

Without a subject, all are measured. --smoke takes two small sizes of each and fails above an exponent of 1.3.
--allocations counts allocations although there is a valgrind to count instructions.
--write keeps what is measured in benches/results/growth.tsv, with what is there of other subjects, and makes the table and the
picture of RESULTS.md again.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let subjects = subjects::all();
    let mut run = Run::default();
    let mut names = Vec::new();
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--smoke" => run.smoke = true,
            "--write" => run.write = true,
            "--allocations" => run.allocations = true,
            "--list" => {
                let mut out = std::io::stdout().lock();
                // Whoever reads it may have seen enough.
                let _ = subjects
                    .iter()
                    .try_for_each(|subject| writeln!(out, "{:20} {}", subject.name, subject.of));
                return ExitCode::SUCCESS;
            }
            "--child" => {
                let (name, size) = (arguments.next(), arguments.next().and_then(|size| size.parse().ok()));
                let subject = subjects.iter().find(|subject| Some(subject.name) == name);
                let (Some(subject), Some(size)) = (subject, size) else { return usage() };
                let mut meter = Meter::default();
                (subject.run)(&mut meter, size);
                meter.print();
                return ExitCode::SUCCESS;
            }
            name if subjects.iter().any(|subject| subject.name == name) => names.push(name.to_owned()),
            _ => return usage(),
        }
    }
    match run.all(&subjects, &names) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
