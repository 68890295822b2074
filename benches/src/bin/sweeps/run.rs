//! A process for each size of each subject, and the table of what they cost.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tallymark_benches::harness::{callgrind, machine};

use crate::{
    cost::Cost,
    fit::{self, RULE, SMOKE_RULE},
    keep,
    subject::Subject,
};

/// Callgrind executes some fifty times as slowly: beyond this size there is only time.
const MOST_COUNTED: usize = 10_000;

/// Of so many processes the least time is taken.
const PROCESSES: usize = 3;

/// How the sweeps are run.
#[derive(Debug, Default)]
pub struct Run {
    pub smoke: bool,
    pub allocations: bool,
    /// Whether what is found is kept, and the document made again.
    pub write: bool,
}

impl Run {
    /// Runs the subjects and prints their table. Returns whether each part keeps the rule.
    pub fn all(&self, subjects: &[Subject], names: &[String]) -> Result<bool, String> {
        let wanted: Vec<&Subject> = subjects
            .iter()
            .filter(|subject| names.is_empty() || names.iter().any(|name| name == subject.name))
            .collect();
        let by_callgrind = !self.allocations && callgrind::IS_POSSIBLE && has_valgrind();
        let folder = env::temp_dir().join(format!("tallymark-sweeps-{}", process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let program = small_copy(&folder)?;
        let counted = if by_callgrind { "instructions" } else { "allocations" };
        println!("{}, {}, load {}", machine::date(), machine::describe(), machine::load());
        println!("counted: {counted}\n");
        let jobs: Vec<(usize, usize)> = wanted
            .iter()
            .enumerate()
            .flat_map(|(at, subject)| self.sizes(subject).into_iter().map(move |size| (at, size)))
            .collect();
        let results: Vec<Mutex<Result<Vec<Cost>, String>>> =
            jobs.iter().map(|_| Mutex::new(Ok(Vec::new()))).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some((place, &(at, size))) = {
                let place = next.fetch_add(1, Ordering::Relaxed);
                jobs.get(place).map(|job| (place, job))
            } {
                let costs = wanted.get(at).map_or(Ok(Vec::new()), |subject| {
                    measure(&program, &folder, subject, size, by_callgrind, self.smoke)
                });
                if let Some(result) = results.get(place) {
                    *result.lock().unwrap_or_else(PoisonError::into_inner) = costs;
                }
            }
        };
        // Instructions and allocations are the same however busy the machine is; time is not.
        let workers =
            if self.smoke { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
        let _ = fs::remove_dir_all(&folder);
        let mut kept = true;
        let (time, lines) = if self.smoke {
            ("", "")
        } else {
            (" ns of processor for each | of time, at the end |", "---:|---:|")
        };
        println!("| of | part | {counted} for each | exponent | at the end |{time} rule |");
        println!("|---|---|---:|---:|---:|{lines}---:|");
        let mut measured = Vec::new();
        for (at, &subject) in wanted.iter().enumerate() {
            let mut sizes = Vec::new();
            for (&(_, size), result) in jobs.iter().zip(&results).filter(|((of, _), _)| *of == at) {
                let costs = result.lock().unwrap_or_else(PoisonError::into_inner).clone();
                sizes.push((size, costs.map_err(|reason| format!("{}, {size}: {reason}", subject.name))?));
            }
            kept &= self.print(subject, &sizes);
            measured.push((subject, sizes));
        }
        if self.write && !self.smoke && by_callgrind {
            keep::keep(subjects, &measured)?;
        }
        Ok(kept)
    }

    fn sizes(&self, subject: &Subject) -> Vec<usize> {
        if self.smoke {
            return vec![subject.least / 8, subject.least];
        }
        let decades = [1_000, 100, 10, 1];
        decades.iter().map(|by| (subject.most / by).max(10)).fold(Vec::new(), |mut sizes, size| {
            if sizes.last() != Some(&size) {
                sizes.push(size);
            }
            sizes
        })
    }

    /// Prints the rows of a subject. Returns whether all keep the rule.
    fn print(&self, subject: &Subject, sizes: &[(usize, Vec<Cost>)]) -> bool {
        let rule = if self.smoke { SMOKE_RULE } else { RULE };
        let Some((most, parts)) = sizes.last() else { return true };
        let mut kept = true;
        for (place, part) in parts.iter().enumerate() {
            let of = |value: fn(&Cost) -> Option<f64>| -> Vec<(f64, f64)> {
                let point =
                    |(size, costs): &(usize, Vec<Cost>)| Some((*size as f64, value(costs.get(place)?)?));
                sizes.iter().filter_map(point).collect()
            };
            let (counted, time) = (of(|cost| cost.counted), of(|cost| Some(cost.ns)));
            let each = |points: &[(f64, f64)]| points.last().map_or(0.0, |(size, cost)| cost / size);
            let (all, last) = (fit::exponent(&counted).unwrap_or(0.0), fit::last(&counted).unwrap_or(0.0));
            let over = all.max(last) > rule;
            kept &= !over;
            print!(
                "| {most} {} | {} | {:.1} | {all:.2} | {last:.2} |",
                subject.of,
                part.part,
                each(&counted)
            );
            if !self.smoke {
                print!(" {:.1} | {:.2} |", each(&time), fit::last(&time).unwrap_or(0.0));
            }
            println!(" {}{rule} |", if over { "**over** " } else { "≤ " });
        }
        kept
    }
}

fn has_valgrind() -> bool {
    let version =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// A copy of this program without what debuggers read, which valgrind would read each time. If there is no `strip`, this program.
fn small_copy(folder: &Path) -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let copy = folder.join("sweeps");
    let stripped = Command::new("strip").arg("--strip-all").arg("-o").arg(&copy).arg(&program).status();
    Ok(if stripped.is_ok_and(|status| status.success()) { copy } else { program })
}

/// What each part costs at one size.
fn measure(
    program: &Path,
    folder: &Path,
    subject: &Subject,
    size: usize,
    by_callgrind: bool,
    smoke: bool,
) -> Result<Vec<Cost>, String> {
    let size_text = size.to_string();
    let child = ["--child", subject.name, size_text.as_str()];
    let counted = by_callgrind && (smoke || size <= MOST_COUNTED);
    let mut costs: Vec<Cost> = Vec::new();
    // Time is that of processes of their own: callgrind takes its own.
    let processes = match (smoke, by_callgrind) {
        (true, true) => 0,
        (true, false) => 1,
        (false, _) => PROCESSES,
    };
    for _ in 0..processes {
        let mut command = Command::new(program);
        command.args(child);
        let these = read(command)?;
        if costs.is_empty() {
            costs = these;
        } else {
            costs.iter_mut().zip(these).for_each(|(cost, this)| cost.ns = cost.ns.min(this.ns));
        }
    }
    if !by_callgrind {
        return Ok(costs);
    }
    costs.iter_mut().for_each(|cost| cost.counted = None);
    if !counted {
        return Ok(costs);
    }
    let beginning = folder.join(format!("{}-{size}", subject.name.replace([' ', ','], "-")));
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--max-threads=1200"]);
    command.arg(format!("--callgrind-out-file={}", beginning.display()));
    command.arg(program).args(child);
    let seen = read(command)?;
    let instructions = callgrind::read(&beginning)?;
    if instructions.len() != seen.len() {
        return Err(format!("callgrind has {} parts of {}", instructions.len(), seen.len()));
    }
    if costs.is_empty() {
        costs = seen;
    }
    for (cost, (_, instructions)) in costs.iter_mut().zip(instructions) {
        cost.counted = Some(instructions);
    }
    Ok(costs)
}

/// Runs a child and reads its lines. What is counted is allocations.
fn read(mut command: Command) -> Result<Vec<Cost>, String> {
    let output = command.output().map_err(|error| format!("cannot be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let said: Vec<&str> = said.trim().lines().rev().take(3).collect();
        return Err(format!("{} ({})", said.join(" / "), output.status));
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let cost = |line: &str| {
        let mut fields = line.split('\t');
        let part = fields.next()?.to_owned();
        let mut number = || fields.next()?.parse::<f64>().ok();
        let (blocks, ns) = (number()?, number()?);
        Some(Cost { part, counted: Some(blocks), ns })
    };
    lines.lines().map(|line| cost(line).ok_or_else(|| format!("{line} is not understood"))).collect()
}
