//! Several processes run one job: a scrape of any of them shows the runs of all, and the last success of any, whatever processes
//! have been killed.

mod common;

use common::{Worker, directory, read};
use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

/// Starts a process that runs the job when it is told to.
fn start(directory: &Path) -> Worker {
    Worker::start("work", directory)
}

/// What an exposition shows of the job.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    /// `ok`, `error`, `panic`, `cancelled`.
    runs: [f64; 4],
    durations: f64,
    in_flight: Option<f64>,
    start: Option<f64>,
    success: Option<f64>,
    /// Since when the job is known, and how long after its last success it is overdue.
    known_since: Option<f64>,
    overdue_after: Option<f64>,
}

fn shown(text: &str) -> Shown {
    assert!(text.ends_with("# EOF\n"), "{text}");
    let value = |sample: &str| -> Option<f64> {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        let value = lines.next()?.parse().expect("a number");
        assert_eq!(lines.next(), None, "{sample} is there twice");
        Some(value)
    };
    let of_job = |family: &str| value(&format!("{family}{{job_name=\"work\"}}"));
    let runs = ["ok", "error", "panic", "cancelled"].map(|outcome| {
        value(&format!("job_runs_total{{job_name=\"work\",outcome=\"{outcome}\"}}"))
            .expect("shown from the start")
    });
    Shown {
        runs,
        durations: of_job("job_duration_seconds_count").expect("shown from the start"),
        in_flight: of_job("job_runs_in_flight"),
        start: of_job("job_last_start_timestamp_seconds"),
        success: of_job("job_last_success_timestamp_seconds"),
        known_since: of_job("job_known_since_timestamp_seconds"),
        overdue_after: of_job("job_overdue_after_seconds"),
    }
}

/// What the group shows: the same by each of its processes, and by one that is started to read.
fn scrape(directory: &Path, workers: &mut [Worker]) -> Shown {
    let by_workers: Vec<Shown> = workers.iter_mut().map(|worker| shown(&worker.tell("scrape"))).collect();
    let read = shown(&read(directory));
    assert!(by_workers.iter().all(|shown| *shown == read), "{by_workers:?} {read:?}");
    read
}

#[test]
fn runs_of_all_processes_are_shown_and_none_is_lost() {
    let directory = directory("jobs");
    let mut workers: Vec<Worker> = (0..3).map(|_| start(&directory)).collect();
    let never = scrape(&directory, &mut workers);
    assert_eq!((never.runs, never.durations, never.success), ([0.0; 4], 0.0, None));
    assert_eq!(never.overdue_after, Some(3600.0));

    let before = now();
    for (worker, what) in [(0, "succeed"), (1, "fail"), (2, "panic"), (1, "succeed"), (0, "fail")] {
        workers[worker].tell(what);
    }
    let first = scrape(&directory, &mut workers);
    assert_eq!((first.runs, first.durations, first.in_flight), ([2.0, 2.0, 1.0, 0.0], 5.0, Some(0.0)));
    let success = first.success.expect("two have succeeded");
    assert!(before <= success && Some(success) <= first.start && first.start <= Some(now()));
    assert!(never.known_since.expect("from the start") <= before);

    // The one that succeeded last is killed while it runs the job, and another one runs it later and fails.
    workers[2].tell("succeed");
    let last = scrape(&directory, &mut workers);
    assert!(last.success > first.success);
    workers[2].tell("begin");
    assert_eq!(scrape(&directory, &mut workers).in_flight, Some(1.0));
    workers.remove(2).kill();
    workers[0].tell("fail");
    let killed = scrape(&directory, &mut workers);
    assert_eq!(
        (killed.runs, killed.durations),
        ([3.0, 3.0, 1.0, 0.0], 7.0),
        "a run that did not end is not counted"
    );
    assert_eq!(killed.success, last.success);
    assert_eq!(killed.in_flight, Some(0.0), "nobody runs it any more");
    assert!(killed.start > last.start);

    // All of them, one after the other, and then a new one.
    while let Some(worker) = workers.pop() {
        worker.kill();
        let left = scrape(&directory, &mut workers);
        assert_eq!(
            (left.runs, left.durations, left.success),
            (killed.runs, killed.durations, killed.success)
        );
    }
    workers.push(start(&directory));
    workers[0].tell("succeed");
    let after = scrape(&directory, &mut workers);
    assert_eq!((after.runs, after.durations), ([4.0, 3.0, 1.0, 0.0], 8.0));
    assert!(after.success > killed.success);
    assert_eq!(after.known_since, never.known_since, "by the first of all processes");
    workers.remove(0).kill();
    fs::remove_dir_all(directory).expect("it is there");
}
