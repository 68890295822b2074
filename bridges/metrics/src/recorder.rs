//! The recorder.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use metrics::{Key, KeyName, Metadata, SharedString, Unit};
use tallymark_core::{
    Buckets, Counter, Gauge, Histogram, Kind, Labellable, Varied, place,
    registry::{Declaration, DeclareError, Difference},
};

use crate::{
    busy::Busy,
    cache::Cache,
    family::{Family, Of},
    kept::Kept,
    names,
    rejected::{self, Reason},
    settings::Settings,
};

/// A recorder for the `metrics` façade, whose metrics are part of tallymark's exposition.
///
/// [`install`](crate::install) makes one that all crates of the program count with. One that is made by
/// [`builder`](Recorder::builder) can be given to [`metrics::with_local_recorder`], or to a recorder that calls several.
/// What two recorders with the same registry count under one name is one metric.
pub struct Recorder {
    /// What tells its keys from those of others in what threads remember.
    number: usize,
    settings: Settings,
    /// By the name as it came.
    families: RwLock<HashMap<String, &'static Family>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the name with everything replaced that has to be.
    families: HashMap<String, &'static Family>,
    descriptions: HashMap<String, Description>,
}

#[derive(Clone)]
struct Description {
    help: SharedString,
    unit: Option<&'static str>,
}

struct Caches {
    counters: Cache<Counter>,
    gauges: Cache<Gauge>,
    histograms: Cache<Histogram>,
}

/// What a name that is one too many stands for.
static NO_NAMES: Family = Family::Refused(Reason::Names);

thread_local! {
    static CACHES: RefCell<Caches> = const {
        RefCell::new(Caches { counters: Cache::new(), gauges: Cache::new(), histograms: Cache::new() })
    };
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    pub(crate) fn new(settings: Settings) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        rejected::declare();
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            settings,
            families: RwLock::default(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The family of a name, declared as of this kind if the name is new.
    fn family(&self, name: &str, kind: Kind) -> &'static Family {
        {
            let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = families.get(name).copied() {
                return known;
            }
        }
        let mut state = self.state();
        let own = names::metric_name(name);
        let known = state.families.get(&own).copied();
        let names = self.families.read().unwrap_or_else(PoisonError::into_inner).len();
        if names >= self.settings.max_names {
            return known.unwrap_or(&NO_NAMES);
        }
        let family = known.unwrap_or_else(|| {
            let description = state.descriptions.get(&own).cloned();
            let family: &'static Family = Box::leak(Box::new(self.declare(&own, kind, description)));
            state.families.insert(own, family);
            family
        });
        self.families.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), family);
        family
    }

    fn declare(&self, name: &str, kind: Kind, description: Option<Description>) -> Family {
        if name.is_empty() {
            return Family::Refused(Reason::Name);
        }
        let (help, unit) = description.map_or((SharedString::const_str(""), None), |it| (it.help, it.unit));
        let shown = if self.settings.recommended_naming {
            names::recommended(name.to_owned(), kind, unit)
        } else {
            name.to_owned()
        };
        let idle = self.settings.idle_seconds(kind);
        let buckets: &'static Buckets = self.settings.buckets_of(name);
        let declaration = || {
            let declaration = Declaration::new(shown.as_str(), &*help, place!()).exact();
            let declaration = match self.settings.registry {
                Some(registry) => declaration.registry(registry),
                None => declaration,
            };
            declaration.labels_vary().max_series(self.settings.max_series)
        };
        let family = match kind {
            Kind::Counter => {
                let made = declaration().declare(move || Counter::new().expire_after(idle));
                made.map(|varied| (describe(varied, &help, unit), Family::Counter(Of::new(varied))).1)
            }
            Kind::Gauge => {
                let made = declaration().declare(move || Gauge::new().expire_after(idle));
                made.map(|varied| (describe(varied, &help, unit), Family::Gauge(Of::new(varied))).1)
            }
            _ => {
                let made = declaration().declare(move || Histogram::new(buckets).expire_after(idle));
                made.map(|varied| (describe(varied, &help, unit), Family::Histogram(Of::new(varied))).1)
            }
        };
        family.unwrap_or_else(|error| {
            Family::Refused(match error {
                DeclareError::Differs { difference: Difference::Kind, .. } => Reason::Kind,
                _ => Reason::Declared,
            })
        })
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>, help: SharedString) {
        let Some(_busy) = Busy::begin() else { return rejected::count(Reason::Nested) };
        let name = names::metric_name(name.as_str());
        let unit = unit.and_then(names::unit_word);
        let mut state = self.state();
        match state.families.get(&name) {
            Some(Family::Counter(family)) => describe(family.varied, &help, unit),
            Some(Family::Gauge(family)) => describe(family.varied, &help, unit),
            Some(Family::Histogram(family)) => describe(family.varied, &help, unit),
            None if state.descriptions.len() < self.settings.max_names => {
                state.descriptions.insert(name, Description { help, unit });
            }
            Some(Family::Refused(_)) | None => {}
        }
    }

    /// The series of a key. `of` says which family is one of its kind.
    #[cold]
    #[inline(never)]
    fn find<M: Labellable + Send + 'static>(
        &self,
        key: &Key,
        kind: Kind,
        of: impl FnOnce(&'static Family) -> Result<&'static Of<M>, Reason>,
    ) -> Option<Arc<Kept<M>>> {
        let Some(busy) = Busy::begin() else {
            rejected::count(Reason::Nested);
            return None;
        };
        let family = of(self.family(key.name(), kind));
        let found = family.and_then(|family| Ok(Kept::new(family.signature(key)?, key)));
        drop(busy);
        match found {
            Ok(kept) => Some(Arc::new(kept)),
            Err(reason) => {
                rejected::count(reason);
                None
            }
        }
    }
}

/// Describes a family, unless nothing is known.
fn describe<M: Labellable + Send>(varied: &Varied<M>, help: &str, unit: Option<&'static str>) {
    if !help.is_empty() || unit.is_some() {
        varied.describe(help, unit);
    }
}

macro_rules! register {
    ($self:ident, $key:ident, $cache:ident, $kind:ident, $made:expr) => {{
        let owner = $self.number;
        let known = |caches: &RefCell<Caches>| {
            let caches = caches.try_borrow().ok()?;
            caches.$cache.get(owner, $key).cloned()
        };
        // A thread that is ending has no cache any more.
        if let Ok(Some(kept)) = CACHES.try_with(known) {
            return metrics::$kind::from_arc(kept);
        }
        let of = |family: &'static Family| match family {
            Family::$kind(family) => Ok(family),
            Family::Refused(reason) => Err(*reason),
            _ => Err(Reason::Kind),
        };
        let Some(kept) = $self.find($key, Kind::$kind, of) else { return metrics::$kind::noop() };
        $made(&kept);
        // Where there was no room for a series, there may be some next time.
        if !kept.is_overflow() {
            let _ = CACHES.try_with(|caches| {
                if let Ok(mut caches) = caches.try_borrow_mut() {
                    caches.$cache.insert(owner, $key, Arc::clone(&kept));
                }
            });
        }
        metrics::$kind::from_arc(kept)
    }};
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> metrics::Counter {
        register!(self, key, counters, Counter, |_| ())
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        // Shown as soon as it is there, as the other kinds are.
        register!(self, key, gauges, Gauge, |kept: &Arc<Kept<Gauge>>| metrics::GaugeFn::increment(
            &**kept, 0.0
        ))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        register!(self, key, histograms, Histogram, |_| ())
    }
}
