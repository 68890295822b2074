//! What the pool runs: code that is not ours, whose panics end here.

use super::duplicates::remove_duplicates;
use crate::{
    collector::{CollectError, Collector, Families},
    declared::Entry,
    snapshot::{Family, Recorder},
    visit::{Head, Visitor},
};
use std::{
    any::Any,
    borrow::Cow,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Something that is asked for families at each scrape.
pub(super) trait Job: Send + Sync {
    /// What it is called where its errors are counted.
    fn name(&self) -> Cow<'_, str>;

    /// The names of all families that it may hand over; none if they are not known.
    fn families(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the names of its families begin with a namespace already.
    fn namespaced(&self) -> bool {
        false
    }

    /// Calls `each` with the families that it describes before it runs.
    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        let _ = each;
    }

    /// Hands over families.
    fn run(&self, families: &mut Families) -> Result<(), CollectError>;
}

/// A collector as a job.
pub(super) struct CollectorJob<C>(pub(super) C);

impl<C: Collector> Job for CollectorJob<C> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.name())
    }

    fn families(&self) -> Vec<String> {
        self.0.families()
    }

    fn namespaced(&self) -> bool {
        self.0.namespaced()
    }

    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        self.0.describe(each);
    }

    fn run(&self, families: &mut Families) -> Result<(), CollectError> {
        self.0.collect(families)
    }
}

/// A declared metric whose value is the result of a function, as a job.
pub(super) struct CallJob {
    pub(super) entry: &'static Entry,
    pub(super) name: String,
}

impl Job for CallJob {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn families(&self) -> Vec<String> {
        vec![self.name.clone()]
    }

    fn run(&self, families: &mut Families) -> Result<(), CollectError> {
        let descriptor = &self.entry.descriptor;
        let mut recorder = Recorder::default();
        recorder.family(&Head {
            name: &self.name,
            help: descriptor.help,
            kind: descriptor.kind,
            unit: descriptor.unit,
            constant: &[],
        });
        self.entry.metric.visit(crate::Scope::Process, &mut recorder);
        for family in recorder.into_families() {
            families.push(family);
        }
        Ok(())
    }
}

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is running a job at the moment.
pub(super) fn is_collecting() -> bool {
    COLLECTING.with(Cell::get)
}

/// Runs code of a job: a panic ends here, as its message, and scrapes that it begins run no jobs.
fn isolated<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    let outer = COLLECTING.with(|collecting| collecting.replace(true));
    let result = caught(run);
    COLLECTING.with(|collecting| collecting.set(outer));
    result
}

/// Runs code that is not ours: a panic ends here, as its message.
pub(super) fn caught<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = message(&*panic).to_owned();
        // What it panicked with may panic as well when it is dropped, and so may that. It is kept then.
        if let Err(again) = catch_unwind(AssertUnwindSafe(move || drop(panic))) {
            std::mem::forget(again);
        }
        text
    })
}

/// A job, and what is known of it before it runs.
pub(super) struct NamedJob {
    pub(super) name: Arc<str>,
    /// The names of all families that it may hand over; none if they are not known.
    pub(super) families: Arc<[String]>,
    pub(super) namespaced: bool,
    pub(super) job: Arc<dyn Job>,
}

impl NamedJob {
    /// Asks a job for its name and families. One that panics is called `unnamed`, and will be run all the same.
    pub(super) fn new(job: Arc<dyn Job>) -> Self {
        let asked = isolated(|| (Arc::from(job.name()), job.families(), job.namespaced()));
        let (name, families, namespaced) =
            asked.unwrap_or_else(|_| (Arc::from("unnamed"), Vec::new(), false));
        Self { name, families: families.into(), namespaced, job }
    }
}

/// Runs a job, and checks what it handed over. Returns the families and what went wrong.
pub(super) fn run(job: Arc<dyn Job>) -> (Vec<Arc<Family>>, Vec<String>) {
    let mut families = Families::default();
    // What an error says, and its end, are the collector's as well.
    let result = isolated(|| job.run(&mut families).map_err(|error| error.to_string()));
    // It may be the last of its kind, and dropping it may panic as well.
    let dropped = isolated(|| drop(job));
    let (mut families, faults) = families.into_parts();
    let mut errors: Vec<String> = faults.iter().map(ToString::to_string).collect();
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => errors.push(error),
        Err(panic) => {
            // A panic costs all of them: nobody knows what was about to follow.
            families.clear();
            errors.push(format!("panicked: {panic}"));
        }
    }
    errors.extend(dropped.err().map(|panic| format!("panicked when it was dropped: {panic}")));
    for family in &mut families {
        if !remove_duplicates(&mut family.series).is_empty() {
            errors.push(format!("`{}` has series with the same labels", family.name));
        }
    }
    (families.into_iter().map(Arc::new).collect(), errors)
}

/// The message of a panic.
pub(super) fn message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "with something that is not text",
    }
}
