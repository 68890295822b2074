//! The families that all jobs share.

use super::named::Job;
use crate::{
    across::Across,
    cell::{Scope, gate},
    declared::{Declared, Element, Elements, Entry},
    descriptor::{Kind, Place},
    function::Outcome,
    label::LabelSet,
    lint::Allow,
    metric::{Declare, Metric, Position},
    outline::Outline,
    value::{Buckets, Counter, Gauge, GaugeHandle, Histogram, InFlightGuard, UpDownCounter},
    visit::Visitor,
};
use std::sync::{
    Once,
    atomic::{AtomicUsize, Ordering},
};

/// The label of a job. It is not called `job`: that is the label by which Prometheus names what it scrapes.
struct JobName<'a> {
    job_name: &'a str,
}

/// The labels of `job_runs_total`.
struct RunLabels<'a> {
    job_name: &'a str,
    outcome: Outcome,
}

/// The label of a queue.
struct QueueName<'a> {
    queue: &'a str,
}

macro_rules! open_labels {
    ($set:ident, $($name:ident => $text:expr),+) => {
        impl LabelSet for $set<'_> {
            type Borrowed<'a> = $set<'a>;
            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];
            const CARDINALITY: Option<usize> = None;

            fn index(&self) -> usize {
                0
            }

            fn visit(&self, f: &mut impl FnMut(&str)) {
                $({
                    let text: fn(&Self) -> &str = $text;
                    f(text(self));
                })+
            }

            fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
        }
    };
}

open_labels!(JobName, job_name => |labels| labels.job_name);
open_labels!(RunLabels, job_name => |labels| labels.job_name, outcome => |labels| labels.outcome.text());
open_labels!(QueueName, queue => |labels| labels.queue);

/// From what takes no time to what takes a day.
static DURATIONS: Buckets = Buckets::new(&[
    0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 43_200.0,
    86_400.0,
]);

/// The names of jobs are in the program, so there is room for all of them.
const ALL: u32 = u32::MAX;

static RUNS_TOTAL: FromStart<Counter<RunLabels<'static>>> = FromStart(Counter::new().max_series(ALL));
static DURATION_SECONDS: FromStart<Histogram<JobName<'static>>> =
    FromStart(Histogram::new(&DURATIONS).max_series(ALL));
static RUNS_IN_FLIGHT: FromStart<UpDownCounter<JobName<'static>>> =
    FromStart(UpDownCounter::new().max_series(ALL));
// Of several processes, whichever ran the job last has the moment that matters, gone or not.
static LAST_START_TIMESTAMP_SECONDS: Gauge<JobName<'static>> =
    Gauge::new().max_series(ALL).across(Across::Max);
static LAST_SUCCESS_TIMESTAMP_SECONDS: Gauge<JobName<'static>> =
    Gauge::new().max_series(ALL).across(Across::Max);
static KNOWN_SINCE_TIMESTAMP_SECONDS: FromStart<Gauge<JobName<'static>>> =
    FromStart(Gauge::new().max_series(ALL).across(Across::Min));
static OVERDUE_AFTER_SECONDS: FromStart<Gauge<JobName<'static>>> =
    FromStart(Gauge::new().max_series(ALL).across(Across::LiveMax));
static QUEUE_DEPTH: Gauge<QueueName<'static>> = Gauge::new().across(Across::LiveMostRecent);

/// A family in which every job of the program has its series before it has run, so that a rate has something to start
/// from. Moments have none before they have come, as 0 would be the year 1970.
struct FromStart<M>(M);

impl<M> FromStart<M> {
    /// Creates the series. Not when the families are declared: whether cells are in a file is decided by the first of them,
    /// and until then a program may ask for one.
    fn create() {
        /// How many lists of elements there were when it was last done.
        static DONE: AtomicUsize = AtomicUsize::new(0);
        let elements = Elements::global();
        let count = elements.count();
        if DONE.swap(count, Ordering::Relaxed) != count {
            elements.jobs().for_each(|site| create(site.meta().job));
        }
    }
}

impl<M: Declare> Declare for FromStart<M> {
    const KIND: Kind = M::KIND;
    const LABELS: &'static [&'static str] = M::LABELS;
}

impl<M: Metric> Metric for FromStart<M> {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        Self::create();
        self.0.visit(scope, visitor);
    }

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        Self::create();
        self.0.visit_part(scope, at, visitor)
    }

    fn outline(&self) -> Outline {
        self.0.outline()
    }
}

/// Returns the gauge `job_queue_depth` of a queue: how many jobs wait in it. It shows what it was set to last.
///
/// ```
/// use tallymark_core::job_queue_depth;
///
/// job_queue_depth("mails").set(12.0);
/// job_queue_depth("mails").dec();
/// assert_eq!(job_queue_depth("mails").get(), 11.0);
/// ```
pub fn job_queue_depth(queue: &str) -> GaugeHandle {
    static DECLARED: Once = Once::new();
    declare(&DECLARED, QUEUES);
    QUEUE_DEPTH.with(QueueName { queue })
}

impl Job {
    /// Shows the job before it has run.
    pub fn show(self) {
        declare_jobs();
        create(self);
    }
}

/// A run of a job has begun.
pub(super) fn started(job: Job) -> InFlightGuard {
    job.show();
    let job_name = job.name;
    LAST_START_TIMESTAMP_SECONDS.with(JobName { job_name }).set_to_current_time();
    RUNS_IN_FLIGHT.0.with(JobName { job_name }).in_flight()
}

/// A run of a job has ended, after so many seconds.
pub(super) fn ended(job: Job, outcome: Outcome, seconds: f64) {
    let job_name = job.name;
    if outcome == Outcome::Ok {
        LAST_SUCCESS_TIMESTAMP_SECONDS.with(JobName { job_name }).set_to_current_time();
    }
    DURATION_SECONDS.0.with(JobName { job_name }).observe(seconds);
    RUNS_TOTAL.0.with(RunLabels { job_name, outcome }).inc();
}

fn create(job: Job) {
    let job_name = job.name;
    for outcome in Outcome::ALL {
        RUNS_TOTAL.0.with(RunLabels { job_name, outcome });
    }
    DURATION_SECONDS.0.with(JobName { job_name });
    RUNS_IN_FLIGHT.0.with(JobName { job_name });
    if let Some(time) = job.overdue_after {
        OVERDUE_AFTER_SECONDS.0.with(JobName { job_name }).set_duration(time);
        let since = KNOWN_SINCE_TIMESTAMP_SECONDS.0.with(JobName { job_name });
        // Zero is what a gauge has that was never set.
        if since.get() == 0.0 {
            since.set_to_current_time();
        }
    }
}

/// Declares the families of jobs, if the program has one: one without jobs has no use for their descriptions.
pub(crate) fn declare_if_used() {
    if Elements::global().jobs().next().is_some() {
        declare_jobs();
    }
}

fn declare_jobs() {
    static DECLARED: Once = Once::new();
    declare(&DECLARED, JOBS);
}

fn declare(declared: &Once, elements: &'static [Element]) {
    if !declared.is_completed() {
        // The process is not copied halfway, where a child would wait for what is not done there.
        let _within = gate::enter();
        declared.call_once_force(|_| Elements::global().register(elements));
    }
}

const fn described(
    name: &'static str,
    help: &'static str,
    unit: Option<&'static str>,
    line: u32,
) -> Declared {
    let place = Place { package: env!("CARGO_PKG_NAME"), module: module_path!(), file: file!(), line };
    Declared { name, namespaced: false, help, unit, allow: Allow::NONE, place }
}

static JOBS: &[Element] = &[Element::Metrics(&[
    Entry::new(
        described("job_runs_total", "Runs of jobs that ended, by outcome.", None, line!()),
        &RUNS_TOTAL,
    ),
    Entry::new(
        described(
            "job_duration_seconds",
            "Time from the start of a run to its end, whatever the outcome.",
            Some("seconds"),
            line!(),
        ),
        &DURATION_SECONDS,
    ),
    Entry::new(described("job_runs_in_flight", "Runs of jobs in progress.", None, line!()), &RUNS_IN_FLIGHT),
    Entry::new(
        described(
            "job_last_start_timestamp_seconds",
            "When the job was started last, in seconds since 1970.",
            Some("seconds"),
            line!(),
        ),
        &LAST_START_TIMESTAMP_SECONDS,
    ),
    Entry::new(
        described(
            "job_last_success_timestamp_seconds",
            "When a run of the job succeeded last, in seconds since 1970.",
            Some("seconds"),
            line!(),
        ),
        &LAST_SUCCESS_TIMESTAMP_SECONDS,
    ),
    Entry::new(
        described(
            "job_known_since_timestamp_seconds",
            "Since when the program has known a job that can be overdue, in seconds since 1970.",
            Some("seconds"),
            line!(),
        ),
        &KNOWN_SINCE_TIMESTAMP_SECONDS,
    ),
    Entry::new(
        described(
            "job_overdue_after_seconds",
            "How long after its last success the job is overdue.",
            Some("seconds"),
            line!(),
        ),
        &OVERDUE_AFTER_SECONDS,
    ),
])];

static QUEUES: &[Element] = &[Element::Metrics(&[Entry::new(
    described("job_queue_depth", "Jobs that wait, by queue.", None, line!()),
    &QUEUE_DEPTH,
)])];
