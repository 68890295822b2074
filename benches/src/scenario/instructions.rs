//! Instructions for each operation, counted by callgrind: exact, and the same on a busy machine.
//!
//! Each row runs alone, once for few and once for many operations; the difference is the operations'. The loop itself
//! is two instructions, shown in parentheses. Callgrind executes one thread at a time and no AVX-512.

use std::process::{Command, Stdio};

use tallymark_benches::harness::{
    contender::{Class, Contender},
    process,
    report::{Report, Row},
    round::Effort,
    scenario::{Column, Method, Scenario},
};

use super::{counter, db, facade, histogram, labels_enum, labels_str, timed};

const COLUMNS: &[Column] = &[Column::least("instructions/op", "instructions")];

/// Few enough that a slow row ends, many enough that timers of peers do not show.
const FEW: u64 = 10_000;
const MANY: u64 = 60_000;

/// How much less will do to see that it works: what is not optimised, and interpreted besides, is slow.
const SMOKE: u64 = 100;

pub fn scenarios() -> Vec<Scenario> {
    let scenario = |id, title, limit: &'static str, run| Scenario {
        id,
        title,
        note: "instructions for each operation, its part of the loop included.",
        columns: COLUMNS,
        key: 0,
        limit: Some(limit).filter(|limit| !limit.is_empty()),
        method: Method::Whole(run),
        processes: u32::MAX,
        targets: Vec::new(),
        plot: None,
    };
    vec![
        scenario("instructions_counter", "Instructions: unlabelled counter", counter::LIMIT, |effort| {
            count("counter_inc", counter::contenders(), effort)
        }),
        scenario(
            "instructions_enum",
            "Instructions: counter with two closed labels",
            labels_enum::LIMIT,
            |effort| count("counter_labels_enum", labels_enum::contenders(), effort),
        ),
        scenario(
            "instructions_str",
            "Instructions: counter with two `&str` labels",
            labels_str::LIMIT,
            |effort| count("counter_labels_str", labels_str::contenders(), effort),
        ),
        scenario("instructions_histogram", "Instructions: histogram", histogram::LIMIT, |effort| {
            count("histogram_observe", histogram::contenders(), effort)
        }),
        scenario(
            "instructions_facade_fixed",
            "Instructions: `counter!` with two fixed labels",
            facade::FACADE,
            |effort| count("facade_fixed", facade::fixed(), effort),
        ),
        scenario(
            "instructions_facade_str",
            "Instructions: `counter!` with two `String` labels",
            facade::FACADE,
            |effort| count("facade_str", facade::texts(), effort),
        ),
        scenario(
            "instructions_facade_kept",
            "Instructions: a counter of the façade, handle kept",
            facade::FACADE,
            |effort| {
                // The peer reads clocks when it is made, by more and fewer instructions than it counts with.
                let all = facade::kept().into_iter();
                count("facade_kept", all.filter(|row| row.class != Class::Peer).collect(), effort)
            },
        ),
        scenario("instructions_timed", "Instructions: a function, timed", timed::LIMIT, |effort| {
            count("timed_fn", timed::contenders(), effort)
        }),
        scenario("instructions_statement", "Instructions: a statement, observed", "", |effort| {
            count("db_statement", db::statements(), effort)
        }),
        scenario(
            "instructions_query",
            "Instructions: a query of SQLite, observed",
            db::SQLITE_PLAIN,
            |effort| {
                let sqlite = db::queries().into_iter().next().ok_or("there are no queries")?;
                count("db_query", vec![sqlite.observed, sqlite.plain], effort)
            },
        ),
    ]
}

fn count(id: &str, contenders: Vec<Contender>, effort: Effort) -> Result<Report, String> {
    let mut report = Report::default();
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("valgrind is not installed: benches/instructions.sh installs it\n");
        return Ok(report);
    }
    let (few, many) = if effort.smoke { (FEW / SMOKE, MANY / SMOKE) } else { (FEW, MANY) };
    // The first rows are ours.
    let rows = if effort.smoke { 1 } else { contenders.len() };
    for contender in contenders.into_iter().take(rows) {
        let executed = |ops| executed(id, contender.name, ops, effort);
        // Nothing is timed, so both may run at once.
        let (of_many, of_few) = std::thread::scope(|scope| {
            let of_many = scope.spawn(|| executed(many));
            let of_few = executed(few);
            (of_many.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())), of_few)
        });
        let each = (of_many? - of_few?) / (many - few) as f64;
        report.rows.push(Row::of(contender.class, contender.name, &[("instructions", each)]));
    }
    Ok(report)
}

/// How many instructions a process executes that does so many operations.
fn executed(id: &str, name: &str, ops: u64, effort: Effort) -> Result<f64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(process::itself(effort)?.get_program());
    command.args(["--alone", id, name, &ops.to_string()]);
    let output = command.output().map_err(|error| format!("cannot start valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
    let collected = collected.and_then(|number| number.trim().parse().ok());
    collected.filter(|_| output.status.success()).ok_or_else(|| {
        format!("{name}: {} ({})", said.trim().lines().last().unwrap_or("no message"), output.status)
    })
}
