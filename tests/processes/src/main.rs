//! A process of a group, for tests: it counts and says what it has counted, or shows what the group has.
//!
//! `processes-tests count DIRECTORY [THREADS]` writes one byte before and one after each increment to its standard output,
//! until it is killed. `scrape DIRECTORY` writes an exposition, `fork DIRECTORY` what a parent and its child see. `remove
//! DIRECTORY` removes series and waits.

// To fork is not safe, and is what is tested.
#![allow(unsafe_code)]

mod counting;
mod filling;
mod forking;
mod incrementing;
mod noting;
mod obeying;
mod removing;
mod working;

use std::{env, error::Error, io, os::unix::process::CommandExt, process::Command};
use tallymark::{
    encode_to_string,
    processes::{Builder, StartError, status},
    registry::Format,
};

/// Writes whether this process is one of a group, or why not.
fn say(started: Result<bool, StartError>) {
    match started {
        Ok(is_on) => println!("{is_on}"),
        Err(error) => {
            let source = error.source().map_or(String::new(), |source| format!(": {source}"));
            let debug = format!("{error:?}");
            println!("{}: {error}{source}", debug.split(' ').next().unwrap_or_default());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, command, directory, rest @ ..] = arguments.as_slice() else {
        return Err("a command and a directory, please".into());
    };
    let builder = Builder::new(directory).group("tests");
    match command.as_str() {
        "count" => {
            builder.start()?;
            counting::run(rest.first().map_or(Ok(1), |threads| threads.parse())?)?;
        }
        "scrape" => {
            builder.start()?;
            io::Write::write_all(&mut io::stdout(), encode_to_string(Format::OpenMetrics100).as_bytes())?;
        }
        "level" => {
            let [label, level] = rest else { return Err("a label and a level, please".into()) };
            builder.label(label).start()?;
            counting::set_levels(level.parse()?)?;
        }
        "fill" => {
            builder.start()?;
            filling::fill(rest.first().map_or(Ok(1), |series| series.parse())?)?;
        }
        "time" => {
            builder.start()?;
            if let [_, series] = rest {
                filling::count(series.parse()?);
            }
            filling::time(rest.first().map_or(Ok(9), |rounds| rounds.parse())?)?;
        }
        "full" => {
            builder.start()?;
            filling::overfill()?;
        }
        "text" => {
            // Of another group, if one is named.
            rest.first().map_or(builder.clone(), |group| builder.clone().group(group)).start()?;
            io::Write::write_all(&mut io::stdout(), encode_to_string(Format::Text004).as_bytes())?;
        }
        "read" => {
            let builder = builder.read_only();
            rest.first().map_or(builder.clone(), |group| builder.clone().group(group)).start()?;
            io::Write::write_all(&mut io::stdout(), encode_to_string(Format::OpenMetrics100).as_bytes())?;
        }
        "late" => {
            counting::count_one();
            println!("{}", builder.start().expect_err("it is too late"));
        }
        "note" => {
            if let [release] = rest {
                noting::release(release);
            }
            builder.start()?;
            noting::run()?;
        }
        "obey" => {
            builder.start()?;
            obeying::run()?;
        }
        "work" => {
            builder.start()?;
            working::run()?;
        }
        "start" => {
            say(builder.start().map(|()| true));
        }
        "increment" => {
            // In the group, or with the argument `alone` in none.
            if rest.is_empty() {
                builder.start()?;
            }
            incrementing::run();
        }
        // As the environment says.
        "status" => {
            counting::count_one();
            say(status());
            io::Write::write_all(&mut io::stdout(), encode_to_string(Format::Text004).as_bytes())?;
        }
        "exec" => {
            builder.start()?;
            counting::count_one();
            // Another program from here on, with the same process id.
            let error = Command::new(env::current_exe()?).args(["note", directory]).exec();
            return Err(error.into());
        }
        "fork" => {
            builder.start()?;
            forking::run()?;
        }
        "forks" => {
            builder.start()?;
            forking::run_often(rest.first().map_or(Ok(60), |forks| forks.parse())?)?;
        }
        "remove" => {
            builder.start()?;
            removing::run()?;
        }
        other => return Err(format!("unknown command {other}").into()),
    }
    Ok(())
}
