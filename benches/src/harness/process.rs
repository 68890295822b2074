//! Several processes for each scenario, because what differs from one to the next – where code and data happen to
//! lie, which core runs it – does not average out inside one.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use super::{
    pair,
    report::{Measure, Report, Row},
    round::{self, Effort},
    scenario::{Method, Scenario},
};

/// Measures a scenario in as many processes as the effort says.
///
/// # Errors
///
/// Everything that went wrong, wrong counts first of all; the rows that are right are in the report.
pub fn measure(scenario: &Scenario, effort: Effort) -> (Report, Vec<String>) {
    let mut report = Report::default();
    let mut wrong = Vec::new();
    let mut take = |found: Result<Report, String>| match found {
        Ok(found) => report.merge(found),
        Err(reason) => wrong.push(format!("{}: {reason}", scenario.id)),
    };
    let processes = effort.processes.min(scenario.processes);
    match &scenario.method {
        Method::Whole(run) => take(run(effort)),
        Method::Loop { .. } | Method::Beyond { .. } => {
            for _ in 0..processes {
                take(child(scenario.id, None, effort));
            }
        }
        Method::Apart(_) | Method::Pairs(_) => {
            for _ in 0..processes {
                for subject in scenario.subjects() {
                    take(child(scenario.id, Some(&subject), effort));
                }
            }
        }
    }
    (report, wrong)
}

/// What a child does: measures and prints the report's lines.
///
/// # Errors
///
/// A sentence, if a count was wrong or the row is not known.
pub fn serve(scenario: &Scenario, subject: Option<&str>, effort: Effort) -> Result<(), String> {
    let report = match &scenario.method {
        Method::Loop { workers, contenders } => round::measure(contenders(), *workers, effort)?,
        Method::Beyond { alone, contenders } => {
            let mut report = round::measure(contenders(), 1, effort)?;
            report.subtract(alone)?;
            report
        }
        Method::Apart(subjects) => {
            let wanted = subjects().into_iter().find(|row| Some(row.key().as_str()) == subject);
            wanted.ok_or("no such row")?.report(effort)?
        }
        Method::Pairs(pairs) => {
            let pair = pairs().into_iter().find(|pair| Some(pair.observed.name) == subject);
            let pair = pair.ok_or("no such row")?;
            let measures = pair::measure(&pair, effort)?.into_iter();
            let measures = measures.map(|(name, values)| Measure { name: name.to_owned(), values }).collect();
            let (class, name) = (pair.observed.class, pair.observed.name.to_owned());
            Report { rows: vec![Row { class, name, measures }] }
        }
        Method::Whole(run) => run(effort)?,
    };
    print!("{}", report.to_lines());
    Ok(())
}

/// This program, with arguments that say how much to measure.
///
/// # Errors
///
/// A sentence, if the program's own file cannot be found.
pub fn itself(effort: Effort) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let mut command = Command::new(program);
    if effort.smoke {
        command.arg("--smoke");
    }
    command.args(["--rounds", &effort.rounds.to_string()]);
    command.args(["--batch-us", &effort.batch.as_micros().to_string()]);
    Ok(command)
}

/// Starts a child for a scenario, or for one of its rows, and reads its report.
///
/// # Errors
///
/// A sentence, if it failed.
pub fn child(id: &str, subject: Option<&str>, effort: Effort) -> Result<Report, String> {
    let mut command = itself(effort)?;
    command.args(["--child", id]);
    if let Some(subject) = subject {
        command.args(["--subject", subject]);
    }
    read(command)
}

/// Runs a command that prints a report.
///
/// # Errors
///
/// A sentence, if it failed.
pub fn read(mut command: Command) -> Result<Report, String> {
    let output = command
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", command.get_program().to_string_lossy()))?;
    if output.status.success() {
        return Ok(Report::from_lines(&String::from_utf8_lossy(&output.stdout)));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} ({})", said.trim().lines().last().unwrap_or("no message"), output.status))
}

/// Builds another program of this package beside this one, with the same profile.
///
/// # Errors
///
/// A sentence, if that fails.
pub fn built(name: &str) -> Result<PathBuf, String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = here.parent().ok_or("this program has no folder")?;
    let target = folder.parent().ok_or("no target folder")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--bin", name, "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    cargo.arg("--target-dir").arg(target);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() { Ok(folder.join(name)) } else { Err(format!("cannot build the program `{name}`")) }
}
