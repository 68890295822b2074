//! Measures tallymark beside its peers and prints, compares and writes down what it found.
//!
//! `cargo run -p tallymark-benches --profile measure` does all of it; see `benches/README.md` for the rest.

mod operation;
mod ours;
mod scenario;

use std::process::{Command, ExitCode};

use tallymark_benches::harness::{
    allocator::Counting,
    document, machine,
    options::{Options, Task, USAGE},
    process, round,
    scenario::Scenario,
    table, verdict,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("sweeps") {
        return sweeps(arguments);
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(reason) => {
            eprintln!("{reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let scenarios = scenario::all();
    let done = match &options.task {
        Task::Measure(names) => measure(&scenarios, names, &options),
        Task::Document => document::write(&scenarios),
        Task::List => {
            for scenario in &scenarios {
                println!("{:32} {}", scenario.id, scenario.title);
            }
            Ok(())
        }
        Task::Child { id, subject } => {
            find(&scenarios, id).and_then(|it| process::serve(it, subject.as_deref(), options.effort))
        }
        Task::Alone { id, contender, ops } => alone(&scenarios, id, contender, *ops),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the program `sweeps`, into which nothing is linked that it does not measure.
fn sweeps(arguments: impl Iterator<Item = String>) -> ExitCode {
    let status = process::built("sweeps").and_then(|program| {
        Command::new(program).args(arguments).status().map_err(|error| error.to_string())
    });
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn find<'a>(scenarios: &'a [Scenario], id: &str) -> Result<&'a Scenario, String> {
    scenarios.iter().find(|scenario| scenario.id == id).ok_or_else(|| format!("no scenario {id}"))
}

fn measure(scenarios: &[Scenario], names: &[String], options: &Options) -> Result<(), String> {
    let wanted = |scenario: &&Scenario| {
        names.is_empty() || names.iter().any(|name| scenario.id.starts_with(name.as_str()))
    };
    let mut wrong = Vec::new();
    println!("{}, {}, load {}", machine::date(), machine::describe(), machine::load());
    for scenario in scenarios.iter().filter(wanted) {
        println!("\n## {} ({})\n", scenario.title, scenario.id);
        let load = machine::load();
        let (report, failures) = process::measure(scenario, options.effort);
        print!("{}", table::render(scenario, &report));
        let verdicts = verdict::render(scenario, &report);
        if !verdicts.is_empty() {
            print!("\n{verdicts}");
        }
        for failure in &failures {
            println!("WRONG {failure}");
        }
        if options.write && failures.is_empty() {
            document::keep(scenario, &report, &load, options.effort)?;
        }
        wrong.extend(failures);
    }
    if options.write {
        document::write(scenarios)?;
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn alone(scenarios: &[Scenario], id: &str, name: &str, ops: u64) -> Result<(), String> {
    let contenders = find(scenarios, id)?.contenders();
    let contender = contenders.into_iter().find(|contender| contender.name == name);
    let contender = contender.ok_or_else(|| format!("no row {name} of {id} that runs in a loop"))?;
    round::alone(contender, ops).map(|_| ())
}
