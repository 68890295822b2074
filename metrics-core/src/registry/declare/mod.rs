//! Metrics that are declared while the program runs: by instrumentation layers, whose names are settings, and by bridges.

mod error;
mod labelled;
mod names;
mod varied;

use super::{
    Difference, Registry,
    state::{self, RunTimeMetric},
};
use crate::{
    declared::{Element, Entry},
    descriptor::{Descriptor, Kind, Place},
    lint::{self, Allow},
    metric::Declare,
    utf8,
};
pub use error::DeclareError;
pub use labelled::LabelledDeclaration;
use std::any::Any;
pub use varied::VariedDeclaration;

/// A metric to be declared while the program runs, for instrumentation whose names are settings.
///
/// If the names are known when the program is written, declare a static with `#[metric]` instead: its names are checked
/// by the compiler. What is declared here lives as long as the program and is shown from the next scrape on.
///
/// ```
/// use tallymark_core::{Counter, place, registry::Declaration};
///
/// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
/// let name = format!("{}_jobs_total", "importer");
/// let jobs: &'static Counter = Declaration::new(name, "Jobs done.", place!()).declare(Counter::new)?;
/// jobs.inc();
///
/// // The same declaration again gives the same metric.
/// let again = Declaration::new("importer_jobs_total", "Jobs done.", place!());
/// let again: &'static Counter = again.declare(Counter::new)?;
/// assert_eq!(again.get(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is declared before `declare` is called"]
pub struct Declaration {
    name: String,
    help: String,
    unit: Option<&'static str>,
    namespace: Option<String>,
    namespaced: bool,
    allow: Allow,
    utf8: bool,
    place: Place,
    registry: Option<Registry>,
}

impl Declaration {
    /// A name, a help text, and where the metric comes from: [`place!()`](crate::place).
    pub fn new(name: impl Into<String>, help: impl Into<String>, place: Place) -> Self {
        let (name, help) = (name.into(), help.into());
        let (unit, namespace, allow) = (None, None, Allow::NONE);
        Self { name, help, unit, namespace, namespaced: false, allow, utf8: false, place, registry: None }
    }

    /// The base unit, which the name (less `_total`) ends in.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Puts `<namespace>_` before the name, if there is a namespace. The registry's own namespace is then not put
    /// before it. With `None`, which settings without a namespace hold, nothing changes.
    ///
    /// ```
    /// use tallymark_core::{Counter, place, registry::Declaration};
    ///
    /// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
    /// let setting: Option<String> = Some("importer".to_owned());
    /// let rows = Declaration::new("rows_total", "Rows.", place!()).namespace(setting.as_deref());
    /// let rows: &'static Counter = rows.declare(Counter::new)?;
    /// rows.inc();
    /// assert_eq!(tallymark_core::registry::snapshot().counter("importer_rows_total", &[]), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn namespace<'a>(mut self, namespace: impl Into<Option<&'a str>>) -> Self {
        if let Some(namespace) = namespace.into() {
            self.name = format!("{namespace}_{}", self.name);
            self.namespace = Some(namespace.to_owned());
            self.namespaced = true;
        }
        self
    }

    /// Keeps the name as it is: the registry's namespace is not put before it, and it need not follow the rules that
    /// are a matter of taste. For names that dashboards elsewhere rely on.
    pub fn exact(mut self) -> Self {
        self.namespaced = true;
        self.allow = Allow::ALL;
        self
    }

    /// Lets the name break the rules that are a matter of taste, as [`exact`](Self::exact) does; the registry's namespace is put
    /// before it all the same.
    pub fn allow_any_name(mut self) -> Self {
        self.allow = Allow::ALL;
        self
    }

    /// Lets labels have names such as `user_id`, `email` or `path`, whose values have no end. Each value is a series that
    /// servers keep for months; a limit, [`max_series`](crate::Counter::max_series), holds all the same.
    pub fn allow_cardinality(mut self) -> Self {
        self.allow.cardinality = true;
        self
    }

    /// Lets the name be of any characters but control characters, as in `cpu.load`, and keeps it
    /// [`exact`](Self::exact). A scraper sees it in quotes or [escaped](crate::encode::Escaping), whichever it asked
    /// for.
    pub fn utf8(mut self) -> Self {
        self.utf8 = true;
        self.exact()
    }

    /// Declares the metric in this registry, and not in that of the program.
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Declares the metric, or finds the one that was declared before in the same way.
    ///
    /// # Errors
    ///
    /// If the namespace or the name breaks a rule, or if the name was declared at run time before as a metric of
    /// another type or with other buckets. A clash with a metric that was declared at compile time is found by
    /// [`check`](super::check), as for statics.
    pub fn declare<M: Declare + Any + Send>(
        self,
        make: impl FnOnce() -> M,
    ) -> Result<&'static M, DeclareError> {
        self.check(M::KIND, M::LABELS, M::ALLOWS_CARDINALITY).map_err(|error| match error {
            // The labels are those of a type, which is part of the metric that cannot have this name.
            DeclareError::Label { name, rule, .. } => DeclareError::Name { name, rule },
            other => other,
        })?;
        let typed = Typed { kind: M::KIND, labels: M::LABELS, entry: Entry::described, is_like: M::is_like };
        self.home().declare(self, make(), &typed)
    }

    /// Looks for the first rule that is broken.
    fn check(&self, kind: Kind, labels: &[&str], allows_cardinality: bool) -> Result<(), DeclareError> {
        if let Some(fault) = lint::help_fault(&self.help) {
            return Err(self.refused(fault));
        }
        self.check_names(kind)?;
        let cardinality = self.allow.cardinality || allows_cardinality;
        let allow = Allow { cardinality, ..self.allow };
        match lint::first_label_fault(&self.name, kind, labels, allow) {
            Some(fault) => Err(DeclareError::Label {
                name: self.name.clone(),
                label: fault.label().unwrap_or_default().to_owned(),
                rule: fault.to_string(),
            }),
            None => Ok(()),
        }
    }

    /// The registry that the metric is declared in.
    fn home(&self) -> &'static state::Registry {
        self.registry.map_or_else(state::Registry::global, Registry::state)
    }

    fn refused(&self, fault: lint::Fault<'_>) -> DeclareError {
        DeclareError::Name { name: self.name.clone(), rule: fault.to_string() }
    }

    /// Looks for the first rule that the namespace, the name or the unit breaks.
    fn check_names(&self, kind: Kind) -> Result<(), DeclareError> {
        if let Some(namespace) = &self.namespace {
            if lint::namespace_fault(namespace, self.allow.name).is_some() {
                return Err(DeclareError::Namespace { namespace: namespace.clone() });
            }
        }
        let mut name = self.name.as_str();
        if self.utf8 {
            utf8::expect();
            if utf8::is_metric_name(name) {
                // Any name will do, so that the other rules are looked at.
                name = "utf8";
            }
        }
        let named = lint::Named { name, kind, unit: self.unit, allow: self.allow };
        named.first_fault().map_or(Ok(()), |fault| Err(self.refused(fault)))
    }
}

/// What the type of a metric says of it.
struct Typed<M: 'static> {
    kind: Kind,
    labels: &'static [&'static str],
    entry: fn(Descriptor, &'static M) -> Entry,
    is_like: fn(&M, &M) -> bool,
}

impl state::Registry {
    fn declare<M: Any + Send + Sync>(
        &self,
        declaration: Declaration,
        metric: M,
        typed: &Typed<M>,
    ) -> Result<&'static M, DeclareError> {
        // What is asked of metrics may be code of the application's, so nothing is locked meanwhile.
        let known = self.state().declared.get(declaration.name.as_str()).copied();
        if let Some(known) = known {
            let before = &known.entry.descriptor;
            let same = known.metric.downcast_ref::<M>();
            let declared =
                same.filter(|declared| before.labels == typed.labels && (typed.is_like)(&metric, declared));
            return declared.ok_or_else(|| {
                let difference = if before.kind != typed.kind {
                    Difference::Kind
                } else if before.labels != typed.labels {
                    Difference::Labels
                } else if same.is_some() {
                    Difference::Settings
                } else {
                    Difference::Type
                };
                let (before, place) = (Box::new(before.place), Box::new(declaration.place));
                DeclareError::Differs { name: declaration.name, difference, before, place }
            });
        }
        let mut state = self.state();
        if state.declared.contains_key(declaration.name.as_str()) {
            // Another thread was faster. What it declared is compared as if it had been there before.
            drop(state);
            return self.declare(declaration, metric, typed);
        }
        let metric: &'static M = Box::leak(Box::new(metric));
        let descriptor = Descriptor {
            name: declaration.name.leak(),
            namespaced: declaration.namespaced,
            help: declaration.help.leak(),
            unit: declaration.unit,
            kind: typed.kind,
            labels: typed.labels,
            place: declaration.place,
        };
        let entries = Box::leak(Box::new([(typed.entry)(descriptor, metric)]));
        state.declared.insert(descriptor.name, RunTimeMetric { entry: &entries[0], metric });
        self.register(Box::leak(Box::new([Element::Metrics(entries)])));
        Ok(metric)
    }
}

/// The place of this macro call, as a [`Place`]: what a [`Declaration`] says about its origin.
#[macro_export]
macro_rules! place {
    () => {
        $crate::Place {
            // Build systems other than cargo set no such variable.
            package: match ::core::option_env!("CARGO_PKG_NAME") {
                ::core::option::Option::Some(package) => package,
                ::core::option::Option::None => "",
            },
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        }
    };
}

#[cfg(test)]
mod tests;
