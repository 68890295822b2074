//! `benches/results/` keeps what was measured, `benches/RESULTS.md`, the pictures and the README's table are
//! generated from it.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use super::{
    contender::Class,
    machine,
    report::Report,
    round::Effort,
    scenario::{Method, Scenario},
    table::{self, number},
    verdict,
};

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn kept(scenario: &Scenario) -> PathBuf {
    home().join("results").join(format!("{}.tsv", scenario.id))
}

/// Keeps what a scenario found, how busy the machine was when it began, and with how much effort it was measured.
///
/// # Errors
///
/// A sentence, if the file cannot be written.
pub fn keep(scenario: &Scenario, report: &Report, load: &str, effort: Effort) -> Result<(), String> {
    let processes = effort.processes.min(scenario.processes);
    let effort = format!("--processes {processes} --rounds {}", effort.rounds);
    let taken = format!("taken\t{}\t{load}\t{}\t{effort}\n", machine::date(), machine::describe());
    save(&kept(scenario), &(taken + &report.to_lines()))
}

fn save(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

struct Kept<'a> {
    scenario: &'a Scenario,
    report: Report,
    /// Date, and how busy the machine was.
    taken: String,
    machine: String,
}

fn load(scenario: &Scenario) -> Option<Kept<'_>> {
    let text = fs::read_to_string(kept(scenario)).ok()?;
    let mut head = text.lines().next()?.split('\t').skip(1);
    let mut taken = format!("{}, load average {} when begun", head.next()?, head.next()?);
    let machine = head.next()?.to_owned();
    if let (Some(effort), Method::Loop { .. } | Method::Beyond { .. } | Method::Apart(_) | Method::Pairs(_)) =
        (head.next(), &scenario.method)
    {
        let _ = write!(taken, ", `{effort}`");
    }
    Some(Kept { scenario, report: Report::from_lines(&text), taken, machine })
}

/// Writes the document, the pictures and the README's table from what is kept.
///
/// # Errors
///
/// A sentence, if a file cannot be written.
pub fn write(scenarios: &[Scenario]) -> Result<(), String> {
    let all: Vec<_> = scenarios.iter().filter_map(load).collect();
    let mut text = include_str!("../../text/head.md").to_owned();
    let _ = writeln!(text, "\nVersions: {}.", machine::versions());
    let machine = all.first().map(|kept| kept.machine.as_str()).unwrap_or_default();
    let _ = writeln!(text, "\nMachine, where a table names no other: {machine}.");
    for kept in &all {
        let _ = writeln!(
            text,
            "\n## {}\n\n`{}`: {}\n",
            kept.scenario.title, kept.scenario.id, kept.scenario.note
        );
        let elsewhere = if kept.machine == machine { String::new() } else { format!("; {}", kept.machine) };
        let _ = writeln!(text, "Measured {}{elsewhere}.\n", kept.taken);
        text.push_str(&table::render(kept.scenario, &kept.report));
        let verdicts = verdict::render(kept.scenario, &kept.report);
        if !verdicts.is_empty() {
            let _ = write!(text, "\n{verdicts}");
        }
        if let Some(draw) = kept.scenario.plot {
            let _ = writeln!(text, "\n![{0}](plots/{1}.svg)", kept.scenario.title, kept.scenario.id);
            let path = home().join("plots").join(format!("{}.svg", kept.scenario.id));
            save(&path, &draw(&kept.report))?;
        }
    }
    for part in [
        include_str!("../../text/http.md"),
        include_str!("../../text/db.md"),
        include_str!("../../text/sweeps.md"),
        include_str!("../../text/growth.md"),
        include_str!("../../text/bounded.md"),
        include_str!("../../text/tail.md"),
    ] {
        // What they show lies beside this document.
        let _ = write!(text, "\n{}\n", part.trim_end().replace("](../", "]("));
    }
    save(&home().join("RESULTS.md"), &text)?;
    readme(&all)
}

/// Tables that say more than one number, or something that no one line can sum up.
const NOT_SUMMED_UP: [&str; 3] = ["sweep_", "instructions_", "build_"];

/// One line for each scenario that has a best peer: ours, the best peer, how many times, and the limit.
fn summary(all: &[Kept<'_>]) -> String {
    let mut rows = Vec::new();
    let summed_up = |kept: &&Kept<'_>| !NOT_SUMMED_UP.iter().any(|id| kept.scenario.id.starts_with(id));
    for Kept { scenario, report, .. } in all.iter().filter(summed_up) {
        let column = scenario.columns[scenario.key];
        let value = |row: &super::report::Row| column.of(row.values(column.measure));
        let ours = report.row("tallymark").map(&value).filter(|value| value.is_finite());
        let best = report
            .rows
            .iter()
            .filter(|row| row.class == Class::Peer && value(row).is_finite())
            .min_by(|a, b| value(a).total_cmp(&value(b)));
        let (Some(ours), Some(best)) = (ours, best) else { continue };
        let limit = scenario.limit.and_then(|name| report.row(name)).map_or(f64::NAN, &value);
        rows.push(vec![
            scenario.title.to_owned(),
            best.name.clone(),
            number(ours),
            number(value(best)),
            format!("{:.1}x", value(best) / ours),
            number(limit),
        ]);
    }
    table::markdown(&["", "best peer", "tallymark", "best peer", "ratio", "written by hand"], &rows)
}

fn readme(all: &[Kept<'_>]) -> Result<(), String> {
    let path = home().join("../README.md");
    let Ok(text) = fs::read_to_string(&path) else { return Ok(()) };
    let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else { return Ok(()) };
    let Some(first) = all.first() else { return Ok(()) };
    let machine = &first.machine;
    let of_machine = all.iter().filter(|kept| kept.machine == *machine);
    let dates: Vec<&str> = of_machine.filter_map(|kept| kept.taken.split(',').next()).collect();
    let taken = match (dates.iter().min(), dates.iter().max()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.copied().unwrap_or_default().to_owned(),
    };
    let new = format!(
        "{}{BEGIN}\n{}\nNanoseconds where nothing else is said; {machine}; measured {taken}; \
         `cargo run -p tallymark-benches --profile measure`. All\n\
         tables with the load at that time, what is missed and why: [benches/RESULTS.md](benches/RESULTS.md).\n{}",
        &text[..begin],
        summary(all),
        &text[end..]
    );
    if new == text { Ok(()) } else { save(&path, &new) }
}
