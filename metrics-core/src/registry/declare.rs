//! Metrics that are declared while the program runs: by instrumentation layers, whose names are settings.

use super::{
    Difference,
    state::{Registry, RunTimeMetric},
};
use crate::{
    declared::{Element, Entry},
    descriptor::{Descriptor, Place},
    lint::{self, Allow},
    metric::Declare,
    utf8,
};
use std::{any::Any, error::Error, fmt};

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
}

impl Declaration {
    /// A name, a help text, and where the metric comes from: [`place!()`](crate::place).
    pub fn new(name: impl Into<String>, help: impl Into<String>, place: Place) -> Self {
        let (name, help) = (name.into(), help.into());
        let (unit, namespace, allow) = (None, None, Allow::NONE);
        Self { name, help, unit, namespace, namespaced: false, allow, utf8: false, place }
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
        if let Some(namespace) = &self.namespace {
            if lint::namespace_fault(namespace, self.allow.name).is_some() {
                return Err(DeclareError::Namespace { namespace: namespace.clone() });
            }
        }
        let refused =
            |fault: lint::Fault<'_>| DeclareError::Name { name: self.name.clone(), rule: fault.to_string() };
        if let Some(fault) = lint::help_fault(&self.help) {
            return Err(refused(fault));
        }
        let mut name = self.name.as_str();
        if self.utf8 {
            utf8::expect();
            if utf8::is_metric_name(name) {
                // Any name will do, so that the other rules are looked at.
                name = "utf8";
            }
        }
        let named = lint::Named { name, kind: M::KIND, unit: self.unit, allow: self.allow };
        let cardinality = self.allow.cardinality || M::ALLOWS_CARDINALITY;
        let allow = Allow { cardinality, ..self.allow };
        let labels = || lint::first_label_fault(name, M::KIND, M::LABELS, allow);
        if let Some(fault) = named.first_fault().or_else(labels) {
            return Err(refused(fault));
        }
        Registry::global().declare(self, make())
    }
}

impl Registry {
    fn declare<M: Declare + Any + Send>(
        &self,
        declaration: Declaration,
        metric: M,
    ) -> Result<&'static M, DeclareError> {
        // What is asked of metrics may be code of the application's, so nothing is locked meanwhile.
        let known = self.state().declared.get(declaration.name.as_str()).copied();
        if let Some(known) = known {
            let declared = known.metric.downcast_ref::<M>().filter(|declared| metric.is_like(declared));
            return declared.ok_or_else(|| {
                let before = &known.entry.descriptor;
                let difference = if before.kind != M::KIND {
                    Difference::Kind
                } else if before.labels != M::LABELS {
                    Difference::Labels
                } else if known.metric.is::<M>() {
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
            return self.declare(declaration, metric);
        }
        let metric: &'static M = Box::leak(Box::new(metric));
        let descriptor = Descriptor {
            name: declaration.name.leak(),
            namespaced: declaration.namespaced,
            help: declaration.help.leak(),
            unit: declaration.unit,
            kind: M::KIND,
            labels: M::LABELS,
            place: declaration.place,
        };
        let entries = Box::leak(Box::new([Entry::described(descriptor, metric)]));
        state.declared.insert(descriptor.name, RunTimeMetric { entry: &entries[0], metric });
        self.register(Box::leak(Box::new([Element::Metrics(entries)])));
        Ok(metric)
    }
}

/// Why a metric was not declared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeclareError {
    /// The namespace cannot begin a name.
    Namespace {
        /// The namespace.
        namespace: String,
    },
    /// The name breaks a rule.
    Name {
        /// The name.
        name: String,
        /// What is wrong, and what to write instead.
        rule: String,
    },
    /// The name belongs to a metric of another type, or with other buckets.
    Differs {
        /// The name.
        name: String,
        /// In what the two differ.
        difference: Difference,
        /// Where the metric that has the name was declared.
        before: Box<Place>,
        /// Where it was declared again.
        place: Box<Place>,
    },
}

impl fmt::Display for DeclareError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace { namespace } => lint::Fault::Namespace { namespace }.fmt(f),
            Self::Name { name, rule } => write!(f, "`{name}` cannot be declared: {rule}"),
            // By the same line: two layers, say, that share a family.
            Self::Differs { name, difference, before, place } if before == place => write!(
                f,
                "`{name}` is there already, with different {difference}: what is declared again, such as by a second \
                 layer in a namespace, is declared in the same way (at {place}, package {})",
                place.package,
            ),
            Self::Differs { name, difference, before, place } => write!(
                f,
                "`{name}` at {place} (package {}) was declared at {before} (package {}) with different {difference}",
                place.package, before.package,
            ),
        }
    }
}

impl Error for DeclareError {}

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
mod tests {
    use super::*;
    use crate::{Counter, FloatCounter, Gauge, Histogram, buckets, registry, snapshot::Value};

    #[test]
    fn a_declaration_is_shown_and_found_again() {
        let declaration = || Declaration::new("declared_things_total", "Things.", place!());
        let things: &'static Counter = declaration().declare(Counter::new).expect("a good name");
        things.inc_by(2);
        let again: &'static Counter = declaration().declare(Counter::new).expect("the same");
        assert!(std::ptr::eq(things, again));
        let snapshot = registry::snapshot();
        let family = snapshot.family("declared_things_total").expect("it is shown");
        assert_eq!(family.help, "Things.");
        assert!(
            matches!(family.series[0].value, Value::Number(number) if number.as_f64().to_bits() == 2.0_f64.to_bits())
        );
    }

    #[test]
    fn what_differs_is_an_error_that_names_both_places() {
        let declaration = || Declaration::new("declared_size_bytes", "Sizes.", place!()).unit("bytes");
        declaration().declare(|| Histogram::<()>::new(buckets![1.0, 2.0])).expect("a good name");
        declaration().declare(|| Histogram::<()>::new(buckets![1.0, 2.0])).expect("the same");
        let buckets = declaration().declare(|| Histogram::<()>::new(buckets![1.0])).map(drop);
        let kind = declaration().declare(Gauge::<()>::new).map(drop);
        let counter = || Declaration::new("declared_differently_total", "Things.", place!());
        counter().declare(Counter::<()>::new).expect("a good name");
        let elsewhere = Declaration::new("declared_differently_total", "Things.", place!());
        let numbers = elsewhere.declare(FloatCounter::<()>::new).map(drop);
        let expected = [("settings", 1, buckets), ("kind", 1, kind), ("type", 2, numbers)];
        for (difference, places, error) in expected {
            let error = error.expect_err("it differs").to_string();
            assert_eq!(error.matches("declare.rs:").count(), places, "{error}");
            assert!(error.contains(&format!("with different {difference}")), "{error}");
        }
    }

    #[test]
    fn a_namespace_that_is_none_is_named_as_such() {
        for namespace in ["", "My-App", "shop_", "9lives"] {
            let declaration = Declaration::new("declared_jobs_total", "Jobs.", place!()).namespace(namespace);
            let error = declaration.declare(Counter::<()>::new).map(drop).expect_err("no namespace");
            assert_eq!(error, DeclareError::Namespace { namespace: namespace.to_owned() });
            assert!(
                error.to_string().starts_with(&format!("`{namespace}` cannot begin the name of a metric: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn rules_hold_unless_the_name_is_exact() {
        let refused =
            Declaration::new("declared_jobs", "Jobs.", place!()).declare(Counter::<()>::new).map(drop);
        let Err(DeclareError::Name { rule, .. }) = refused else { panic!("{refused:?}") };
        assert!(rule.contains("_total"), "{rule}");
        assert!(!rule.contains("allow("), "attributes have it, and nobody else: {rule}");
        Declaration::new("declared_jobs", "Jobs.", place!())
            .exact()
            .declare(Counter::<()>::new)
            .expect("as asked for");
        let spelled =
            Declaration::new("declared jobs", "Jobs.", place!()).exact().declare(Counter::<()>::new);
        assert!(spelled.is_err());
    }

    #[test]
    fn any_characters_make_a_name_if_that_is_asked_for() {
        let declaration = |name: &str| Declaration::new(name, "Jobs.", place!());
        assert!(declaration("declared.utf8.jobs").declare(Counter::<()>::new).is_err());
        assert!(declaration("declared.utf8.jobs").exact().declare(Counter::<()>::new).is_err());
        assert!(declaration("").utf8().declare(Counter::<()>::new).is_err());
        assert!(declaration("a\0b").utf8().declare(Counter::<()>::new).is_err());
        let jobs: &'static Counter =
            declaration("declared.utf8.jobs").utf8().declare(Counter::new).expect("asked for");
        jobs.inc();
        assert_eq!(registry::snapshot().counter("declared.utf8.jobs", &[]), Some(1));
        let names = registry::Selection::of(["declared.utf8.jobs"]);
        let request = registry::Request::new(registry::Format::Text004).names(names);
        assert!(registry::encode_to_string(request).ends_with("\ndeclared_utf8_jobs 1\n"));
    }
}
