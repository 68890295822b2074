//! A thousand counters, from nothing to the second exposition. Measured in a program of its own, `startup`, which is
//! built here if need be.

use std::process::Command;

use tallymark_benches::harness::{
    process,
    report::Report,
    round::Effort,
    scenario::{Column, Method, Scenario},
    target::{Against, Target},
};

const COLUMNS: &[Column] = &[
    Column::least("register and touch, µs", "register"),
    Column::median("median", "register"),
    Column::least("first exposition, µs", "first"),
    Column::least("second exposition, µs", "second"),
    Column::least("page faults until touched", "register faults"),
    Column::least("in the first exposition", "first faults"),
];

const LIMIT: &str = "1,000 static AtomicU64";

pub fn scenarios() -> [Scenario; 1] {
    [Scenario {
        id: "startup",
        title: "1,000 counters from start-up to the second exposition",
        note: "a fresh process registers a thousand unlabelled counters, as far as its library needs that, adds one to \
               each, and writes them out twice.",
        columns: COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Whole(run),
        processes: u32::MAX,
        targets: vec![
            Target::at_most(10.0),
            Target::within(1.3, Against::Row("metriken, 1,000 statics")),
            Target::at_most(62.0).in_column(2),
        ],
        plot: None,
    }]
}

fn run(effort: Effort) -> Result<Report, String> {
    let program = process::built("startup")?;
    let list = Command::new(&program).arg("--list").output().map_err(|error| error.to_string())?;
    let rows: Vec<String> = String::from_utf8_lossy(&list.stdout).lines().map(str::to_owned).collect();
    let mut report = Report::default();
    // A process measures each step once, so there are more of them.
    let processes = if effort.smoke { 1 } else { effort.processes * 5 };
    for _ in 0..processes {
        for row in &rows {
            let mut command = Command::new(&program);
            command.arg(row);
            report.merge(process::read(command)?);
        }
    }
    Ok(report)
}
