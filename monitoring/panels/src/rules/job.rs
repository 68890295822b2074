//! Jobs: last success, failures, duration, and what waits.

use super::layer::{Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "jobs",
    title: "Jobs",
    signs: &[RUNS, QUEUE],
    stems: &["job_runs_", "job_duration_", "job_last_", "job_known_", "job_overdue_", "job_queue_"],
    rows,
    alerts: wake,
    wanted: always,
};

const RUNS: &str = "job_runs_total";
const QUEUE: &str = "job_queue_depth";
const BY: [&str; 1] = ["job_name"];
const LEGEND: &str = "{{job_name}}";

/// Runs that returned an error or panicked. Those that were cancelled have neither succeeded nor failed.
const FAILED: &str = "error|panic";

const SUCCESS: &str = "job_last_success_timestamp_seconds";

/// The time since a moment of each job. Of several instances, the last one that ran it counts.
fn since(scope: &Scope<'_>, moment: &str) -> Result<Query, QueryError> {
    Ok(scope.all(moment)?.value()?.max_by(&BY)?.age())
}

/// For how long each job is overdue that can be. One of which no instance knows a success has had its time since the first of
/// them knew it: new instances, however often they come, do not begin it again.
fn overdue_for(scope: &Scope<'_>) -> Result<Query, QueryError> {
    let known = scope.all("job_known_since_timestamp_seconds")?.value()?.min_by(&BY)?.age();
    let allowed = scope.all("job_overdue_after_seconds")?.value()?.max_by(&BY)?;
    since(scope, SUCCESS)?.or(known)?.minus(allowed)
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let success = || {
        let query = since(scope, SUCCESS)?;
        Ok(Panel::new("Time since the last success", PanelKind::Lines, PanelUnit::Seconds)
            .query(LEGEND, query)
            .describe("A job that has not succeeded since its program was started is not shown."))
    };
    let start = || {
        let query = since(scope, "job_last_start_timestamp_seconds")?;
        Ok(Panel::new("Time since the last start", PanelKind::Lines, PanelUnit::Seconds).query(LEGEND, query))
    };
    let overdue = || {
        Ok(Panel::new("Overdue for", PanelKind::Lines, PanelUnit::Seconds)
            .query(LEGEND, overdue_for(scope)?)
            .describe("Negative as long as there is time. Jobs that nobody has given a time are not shown.")
            .bad_from(0.0))
    };
    let outcomes = || {
        let query = scope.all(RUNS)?.increase(Window::hours(1))?.sum_by(&["job_name", "outcome"])?;
        Ok(Panel::new("Runs in an hour, by outcome", PanelKind::Stacked, PanelUnit::Count)
            .query("{{job_name}} {{outcome}}", query))
    };
    let failures = || {
        Ok(Panel::new("Failed runs in an hour", PanelKind::Lines, PanelUnit::Ratio)
            .query(LEGEND, failed(scope)?)
            .describe("The part of all runs that returned an error or panicked.")
            .bad_from(0.5))
    };
    let duration = || {
        let query = scope.all("job_duration_seconds")?.quantile(0.95, Window::hours(1), &BY)?;
        Ok(Panel::new("p95 of the duration in an hour", PanelKind::Lines, PanelUnit::Seconds)
            .query(LEGEND, query))
    };
    let mean = || {
        let query = scope.all("job_duration_seconds")?.mean(Window::hours(1), &BY)?;
        Ok(Panel::new("Mean duration in an hour", PanelKind::Lines, PanelUnit::Seconds).query(LEGEND, query))
    };
    let in_flight = || {
        let query = scope.all("job_runs_in_flight")?.value()?.sum_by(&BY)?;
        Ok(Panel::new("Runs in progress", PanelKind::Lines, PanelUnit::Count).query(LEGEND, query))
    };
    let waiting = || {
        // Instances that share a queue say the same of it.
        let query = scope.all(QUEUE)?.value()?.max_by(&["queue"])?;
        Ok(Panel::new("Jobs that wait, by queue", PanelKind::Lines, PanelUnit::Count)
            .query("{{queue}}", query))
    };
    vec![
        row("Rate", [success(), start(), overdue()]),
        row("Errors", [outcomes(), failures()]),
        row("Duration", [duration(), mean()]),
        row("Saturation", [in_flight(), waiting()]),
    ]
}

/// Returns the part of the runs within an hour that failed.
fn failed(scope: &Scope<'_>) -> Result<Query, QueryError> {
    let hour = Window::hours(1);
    let all = scope.all(RUNS)?;
    let failed = all.clone().matching("outcome", FAILED)?.increase(hour)?.sum_by(&BY)?;
    failed.part_of(all.increase(hour)?.sum_by(&BY)?)
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let failing = || {
        let condition = failed(scope)?.compared(Comparison::Above, 0.5);
        Ok(Alert::new("JobFailing", condition, "{{ $labels.job_name }} fails more often than not").describe(
            "{{ $value | humanizePercentage }} of the runs of {{ $labels.job_name }} within an hour have returned an error or \
             panicked.",
        ))
    };
    let not_run = || {
        let condition = overdue_for(scope)?.compared(Comparison::Above, 0.0);
        Ok(Alert::new("JobNotRun", condition, "{{ $labels.job_name }} has not succeeded for too long")
            .after_minutes(1)
            .describe("A success has been overdue for {{ $value | humanizeDuration }}."))
    };
    alerts([failing(), not_run()])
}
