//! What the registry knows.

use super::{
    Config, ConfigError, Conflict, Conflicts,
    config::environment,
    declared_family::DeclaredFamily,
    job::{CallJob, CollectorJob, NamedJob, caught, is_collecting},
    objective::ObjectiveDescriptor,
    pool::Pool,
    resolve::Resolved,
    times::Times,
};
use crate::{
    cell::Loss,
    created,
    declared::{Element, Elements, Entry, Objects},
    descriptor::Kind,
    metric::Metric,
};
use std::{
    any::Any,
    cell::Cell,
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Everything that is known about metrics, and nothing about their values.
pub(crate) struct Registry {
    /// Metrics of this crate, which are there even where the linker finds nothing.
    built_in: &'static [Element],
    pub(super) elements: &'static Elements,
    state: Mutex<State>,
    pub(super) pool: Pool,
    pub(super) times: Times,
}

#[derive(Default)]
pub(super) struct State {
    /// What was declared at run time, by the name it was declared with.
    pub(super) declared: HashMap<&'static str, RunTimeMetric>,
    config: Option<Config>,
    /// Whether names were shown, so that they must not change any more.
    used: bool,
    /// The families, and how many lists of elements they were made from.
    resolved: Option<(usize, Arc<Resolved>)>,
    /// How many lists of elements were searched for collectors.
    searched: usize,
    /// Jobs of declared metrics that call a function, by the address of their entry.
    pub(super) called: HashMap<usize, u64>,
    /// Conflicts of collectors: name and collector.
    pub(super) collected: BTreeSet<(String, String)>,
    /// Conflicts of escaped names: the name, and how it was escaped.
    escaped: BTreeSet<(String, String)>,
    /// Objects of the process whose declarations are in other lists, as they were seen last; nothing if nobody has asked
    /// since the families were resolved.
    objects: Option<Objects>,
    /// Objectives that were declared at run time.
    pub(super) objectives: Vec<ObjectiveDescriptor>,
}

/// Conflicts whose names come from outside are remembered up to this number, each once. What comes then is left out all
/// the same.
const MOST_CONFLICTS: usize = 1000;

impl State {
    pub(super) fn note_collected(&mut self, conflict: (String, String)) {
        if self.collected.len() < MOST_CONFLICTS {
            self.collected.insert(conflict);
        }
    }
}

/// A metric that was declared at run time.
#[derive(Clone, Copy)]
pub(super) struct RunTimeMetric {
    pub(super) entry: &'static Entry,
    pub(super) metric: &'static (dyn Any + Send + Sync),
}

thread_local! {
    /// Whether this thread is asking metrics whether they call out.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Registry {
    pub(super) fn new(built_in: &'static [Element], elements: &'static Elements) -> Self {
        Self { built_in, elements, state: Mutex::default(), pool: Pool::default(), times: Times::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves all elements. Returns also how many lists of elements there were.
    fn resolve(&self, config: Config) -> (usize, Resolved) {
        let mut lists = self.elements.lists(0);
        let count = lists.len();
        lists.insert(0, self.built_in);
        (count, Resolved::new(&lists, config))
    }

    /// The settings that hold: those that were installed, and those of the environment. One that cannot be read has none, and
    /// is a conflict.
    fn in_effect(installed: Option<&Config>) -> Config {
        let installed = installed.cloned().unwrap_or_default();
        match environment() {
            Ok(others) => installed.or(others),
            Err(_) => installed,
        }
    }

    /// The settings that hold now. Until the first scrape they may change.
    pub(super) fn config(&self) -> Config {
        Self::in_effect(self.state().config.as_ref())
    }

    pub(super) fn install(&self, config: Config) -> Result<(), ConfigError> {
        config.check()?;
        environment()?;
        let mut state = self.state();
        if state.config.is_some() {
            return Err(ConfigError::Installed);
        }
        if state.used {
            return Err(ConfigError::Used);
        }
        let (_, resolved) = self.resolve(Self::in_effect(Some(&config)));
        for conflict in resolved.conflicts {
            if let Conflict::ConstantLabel { label, name: metric, place } = conflict {
                return Err(ConfigError::LabelTaken { label, metric, place });
            }
        }
        for declared in resolved.families.iter().filter(|declared| declared.kind() == Kind::Histogram) {
            let own = declared.entry().descriptor.name;
            let is_fixed = !state.declared.contains_key(own);
            if is_fixed && (config.names_buckets(own) || config.names_buckets(declared.name())) {
                let (metric, place) = (declared.name().to_owned(), *declared.place());
                return Err(ConfigError::BucketsDeclared { metric, place });
            }
        }
        if config.created {
            created::enable();
        }
        state.config = Some(config);
        Ok(())
    }

    /// Adds elements that the linker does not find.
    pub(super) fn register(&self, elements: &'static [Element]) {
        self.elements.register(elements);
    }

    /// The families as they are to be shown. From here on the configuration is fixed.
    pub(super) fn resolved(&self) -> Arc<Resolved> {
        let mut state = self.state();
        if let Some((count, resolved)) = &state.resolved {
            if *count == self.elements.count() {
                return Arc::clone(resolved);
            }
        }
        state.used = true;
        let config = Self::in_effect(state.config.as_ref());
        drop(state);
        // Metrics are asked whether they call out, and that may be code of the application's, so nothing is locked. Of two
        // scrapes that come here at the same time, each goes on with what it has found.
        let (count, mut resolved) = self.resolve(config);
        resolved
            .conflicts
            .extend(environment().err().map(|error| Conflict::Environment { error: error.to_string() }));
        if ASKING.replace(true) {
            // A metric that is being asked has come back here. It sees what there is, and nothing is kept.
            return Arc::new(resolved);
        }
        let calls = Self::places(&resolved, &|metric| metric.calls_out());
        resolved.set_silent(Self::places(&resolved, &|metric| !metric.notes_losses()));
        ASKING.set(false);
        let mut state = self.state();
        state.objects = None;
        self.add_calls(&mut state, &mut resolved, calls);
        let resolved = Arc::new(resolved);
        if state.resolved.as_ref().is_none_or(|(known, _)| *known <= count) {
            state.resolved = Some((count, Arc::clone(&resolved)));
        }
        resolved
    }

    /// Adds the collectors that were submitted and are not in the pool yet.
    ///
    /// They are asked for their names, which is code of the application's, so no lock is held meanwhile. Where two
    /// scrapes come here at the same time, one of them adds the collectors and both find them in the pool.
    pub(super) fn start_collectors(&'static self) {
        // A collector that is asked for its name may come here.
        if is_collecting() {
            return;
        }
        loop {
            let searched = self.state().searched;
            if searched == self.elements.count() {
                return;
            }
            let lists = self.elements.lists(searched);
            let collectors = lists.iter().copied().flatten().filter_map(|element| match element {
                Element::Collector(collector) => Some(*collector),
                _ => None,
            });
            let mut jobs: Vec<NamedJob> =
                collectors.map(|collector| NamedJob::new(Arc::new(CollectorJob(collector)))).collect();
            // The linker's order differs from build to build, and of two families with one name the first is shown.
            jobs.sort_by(|a, b| a.name.cmp(&b.name));
            let mut state = self.state();
            if state.searched == searched {
                for job in jobs {
                    self.pool.add(job);
                }
                state.searched = searched + lists.len();
                return;
            }
        }
    }

    /// The places of the metrics of which this is true. Counters without labels are not asked.
    fn places(resolved: &Resolved, is: &dyn Fn(&dyn Metric) -> bool) -> Vec<usize> {
        let is = |declared: &DeclaredFamily| {
            let metric = declared.entry().metric;
            // One that panics does so when it is shown, too, where it is counted.
            caught(|| is(metric)).unwrap_or(true)
        };
        resolved.lossy().filter(|(_, declared)| is(declared)).map(|(place, _)| place).collect()
    }

    /// Adds a job for each metric whose showing calls a function.
    fn add_calls(&self, state: &mut State, resolved: &mut Resolved, calls: Vec<usize>) {
        for place in calls {
            let Some(declared) = resolved.families.get_mut(place) else { continue };
            let entry = declared.entry();
            let job = *state.called.entry(std::ptr::from_ref(entry).addr()).or_insert_with(|| {
                self.pool.add(NamedJob::new(Arc::new(CallJob { entry, name: declared.name().to_owned() })))
            });
            declared.set_job(job);
        }
    }

    /// Notes conflicts of escaped names, those that are not noted yet.
    pub(super) fn note_escaped(&self, conflicts: Vec<Conflict>) {
        let mut state = self.state();
        for conflict in conflicts {
            if let Conflict::Escaped { name, escaped } = conflict {
                if state.escaped.len() < MOST_CONFLICTS {
                    state.escaped.insert((name, escaped));
                }
            }
        }
    }

    /// Calls `each` with every declared metric that may have turned something of this kind away, and the name it is shown
    /// under, sorted by name.
    pub(crate) fn for_each_losing(&self, loss: Loss, each: &mut dyn FnMut(&str, &'static Entry)) {
        for declared in self.resolved().losing(loss) {
            each(declared.name(), declared.entry());
        }
    }

    /// Calls `each` with every declared metric and the name it is shown under, sorted by name.
    pub(crate) fn for_each_metric(&self, each: &mut dyn FnMut(&str, &'static Entry)) {
        for declared in &self.resolved().families {
            each(declared.name(), declared.entry());
        }
    }

    /// Whether series are counted.
    pub(crate) fn counts_series(&self) -> bool {
        self.resolved().config.count_series
    }

    /// How many conflicts there are: of declarations, and of collectors as far as they were seen.
    pub(crate) fn conflict_count(&self) -> usize {
        let resolved = self.resolved();
        let others = self.other_objects();
        let state = self.state();
        resolved.conflicts.len() + state.collected.len() + state.escaped.len() + others
    }

    /// How many objects have declarations in other lists, as they were seen last.
    fn other_objects(&self) -> usize {
        if let Some(objects) = &self.state().objects {
            return objects.others.len();
        }
        // Files are read without a lock.
        let objects = if Objects::may_be_others() { Objects::loaded() } else { Objects::default() };
        let others = objects.others.len();
        self.state().objects = Some(objects);
        others
    }

    pub(super) fn check(&self) -> Result<(), Conflicts> {
        let mut conflicts = self.resolved().conflicts.clone();
        // One may have been loaded since. Files are read without a lock.
        let objects = Objects::loaded();
        let (collected, escaped) = {
            let mut state = self.state();
            state.objects = Some(objects.clone());
            (state.collected.clone(), state.escaped.clone())
        };
        conflicts
            .extend(collected.into_iter().map(|(name, collector)| Conflict::Collected { name, collector }));
        conflicts.extend(escaped.into_iter().map(|(name, escaped)| Conflict::Escaped { name, escaped }));
        let Objects { own, others } = objects;
        conflicts
            .extend(others.into_iter().map(|left_out| Conflict::Object { shown: own.clone(), left_out }));
        if conflicts.is_empty() { Ok(()) } else { Err(Conflicts(conflicts)) }
    }
}
