//! What the command line asks for.

use std::time::Duration;

use super::round::Effort;

/// What to do.
#[derive(Debug)]
pub enum Task {
    /// Measure the scenarios whose names begin with one of these; all, if there are none.
    Measure(Vec<String>),
    /// Write the document again from the results that are kept, measuring nothing.
    Document,
    /// Print the names of all scenarios.
    List,
    /// One process of a scenario, started by another one.
    Child {
        /// The scenario.
        id: String,
        /// One of its rows, if each has a process of its own.
        subject: Option<String>,
    },
    /// One contender alone, so many operations, for tools that count instructions.
    Alone {
        /// The scenario.
        id: String,
        /// The row.
        contender: String,
        /// The number of operations.
        ops: u64,
    },
}

/// The command line, read.
#[derive(Debug)]
pub struct Options {
    /// What to do.
    pub task: Task,
    /// How much.
    pub effort: Effort,
    /// Whether the results are kept and the documents written.
    pub write: bool,
}

/// What is printed when the command line cannot be read.
pub const USAGE: &str = "\
usage: tallymark-benches [SCENARIO…] [--smoke] [--write] [--processes N] [--rounds N] [--batch-ms N]
       tallymark-benches --list | --document

Without a scenario, all are measured, and the results and documents written. With scenarios, tables are only printed,
unless --write is given. --smoke runs everything as shortly as can be and writes nothing.";

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// A sentence, if it cannot.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut effort = Effort { processes: 4, rounds: 40, batch: Duration::from_millis(10), smoke: false };
        let mut names = Vec::new();
        let (mut write, mut task) = (false, None);
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut next = |what: &str| arguments.next().ok_or(format!("{argument} needs {what}"));
            match argument.as_str() {
                "--smoke" => {
                    effort =
                        Effort { processes: 1, rounds: 2, batch: Duration::from_micros(200), smoke: true };
                }
                "--write" => write = true,
                "--list" => task = Some(Task::List),
                "--document" => task = Some(Task::Document),
                "--processes" => effort.processes = number(&next("a number")?)?,
                "--rounds" => effort.rounds = number(&next("a number")?)?,
                "--batch-ms" => effort.batch = Duration::from_millis(number(&next("a number")?)?),
                "--batch-us" => effort.batch = Duration::from_micros(number(&next("a number")?)?),
                "--child" => task = Some(Task::Child { id: next("a scenario")?, subject: None }),
                "--subject" => {
                    let row = next("a row")?;
                    if let Some(Task::Child { subject, .. }) = &mut task {
                        *subject = Some(row);
                    }
                }
                "--alone" => {
                    let (id, contender) = (next("a scenario")?, next("a row")?);
                    task = Some(Task::Alone { id, contender, ops: number(&next("a number")?)? });
                }
                name if !name.starts_with('-') => names.push(name.to_owned()),
                other => return Err(format!("unknown option {other}")),
            }
        }
        let write = (write || names.is_empty()) && !effort.smoke;
        Ok(Self { task: task.unwrap_or(Task::Measure(names)), effort, write })
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}
