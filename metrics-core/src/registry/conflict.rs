//! Declarations that cannot all be shown.

use crate::descriptor::{Descriptor, Place};
use std::{error::Error, fmt, path::PathBuf};

/// Why something that was declared is not shown, or not as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// Two metrics have the same name.
    Twice {
        /// The name, namespace included.
        name: String,
        /// The declaration that is shown.
        shown: Place,
        /// The declaration that is not.
        left_out: Place,
        /// In what they differ beside their place.
        differ: Vec<Difference>,
    },
    /// Two metrics have different names, but samples or families of the same name in some format.
    Samples {
        /// The name of the metric that is shown.
        name: String,
        /// Where that one was declared.
        shown: Place,
        /// The name of the metric that is not.
        other: String,
        /// Where that one was declared.
        left_out: Place,
    },
    /// Two annotated functions of one module have the same name, so that their calls are in one series.
    Functions {
        /// The module of both.
        module: &'static str,
        /// The name of both.
        function: &'static str,
        /// Where one is.
        one: Place,
        /// Where the other is.
        other: Place,
    },
    /// A constant label is also a label of a metric, which keeps its own.
    ConstantLabel {
        /// The label.
        label: String,
        /// The name of the metric.
        name: String,
        /// Where it was declared.
        place: Place,
    },
    /// A collector handed over a family whose name, or that of a sample, is taken.
    Collected {
        /// The name of the family.
        name: String,
        /// The collector.
        collector: String,
    },
    /// The name needs escaping, and escaped as a scraper asked for, it or that of a sample is taken.
    Escaped {
        /// The name.
        name: String,
        /// The name as it was escaped.
        escaped: String,
    },
    /// The value of an environment variable is not valid, so that all settings of the environment are ignored.
    Environment {
        /// Which variable, what it holds, and what it may hold.
        error: String,
    },
    /// Another object of this process, a shared library or the program, has declarations that are not in this registry.
    Object {
        /// The file of the object whose declarations are shown.
        shown: PathBuf,
        /// The file of the other object.
        left_out: PathBuf,
    },
}

/// In what two declarations of one name differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The kinds.
    Kind,
    /// The units.
    Unit,
    /// The label names.
    Labels,
    /// The help texts.
    Help,
    /// What is counted in: integers or floats, or labels of other types.
    Type,
    /// What is set for the metric: its buckets, and whether it keeps exemplars and native buckets.
    Settings,
}

impl Difference {
    /// All differences between two declarations.
    pub(super) fn between(a: &Descriptor, b: &Descriptor) -> Vec<Self> {
        let mut differ = Vec::new();
        if a.kind != b.kind {
            differ.push(Self::Kind);
        }
        if a.unit != b.unit {
            differ.push(Self::Unit);
        }
        if a.labels != b.labels {
            differ.push(Self::Labels);
        }
        if a.help != b.help {
            differ.push(Self::Help);
        }
        differ
    }
}

impl fmt::Display for Difference {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "kind",
            Self::Unit => "unit",
            Self::Labels => "label names",
            Self::Help => "help",
            Self::Type => "type",
            Self::Settings => "settings, such as buckets",
        })
    }
}

/// A place with its package, as conflicts name it.
struct In<'a>(&'a Place);

impl fmt::Display for In<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (package {})", self.0, self.0.package)
    }
}

impl fmt::Display for Conflict {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice { name, shown, left_out, differ } => {
                write!(f, "`{name}` is declared twice, at {} and at {}", In(shown), In(left_out))?;
                for (at, difference) in differ.iter().enumerate() {
                    write!(f, "{}{difference}", if at == 0 { ", with different " } else { ", " })?;
                }
                f.write_str("; the first is shown")
            }
            Self::Samples { name, shown, other, left_out } => write!(
                f,
                "`{name}` at {} and `{other}` at {} have samples or families of one name; the first is shown",
                In(shown),
                In(left_out),
            ),
            Self::Functions { module, function, one, other } => write!(
                f,
                "`{function}` in `{module}` is two functions, at {} and at {}, whose calls are in one series; give one of them \
                 another name: `#[timed(name = \"…\")]`",
                In(one),
                In(other),
            ),
            Self::ConstantLabel { label, name, place } => write!(
                f,
                "the constant label `{label}` is also a label of `{name}` at {}, which keeps its own",
                In(place),
            ),
            Self::Collected { name, collector } => write!(
                f,
                "collector `{collector}` handed over `{name}`, whose name or samples are taken; it is left out",
            ),
            Self::Escaped { name, escaped } => write!(
                f,
                "`{name}` is `{escaped}` for scrapers that cannot read it otherwise, whose name or samples are taken; for \
                 them it is left out",
            ),
            Self::Environment { error } => write!(f, "{error}; all settings of the environment are left out"),
            Self::Object { shown, left_out } => write!(
                f,
                "`{}` is loaded beside `{}` and has metrics of its own, which this registry does not show; link both into one \
                 object",
                left_out.display(),
                shown.display(),
            ),
        }
    }
}

/// All conflicts, in a fixed order. See [`check`](super::check).
///
/// `Debug` shows the sentences as well, one on each line, so that `check().unwrap()` can be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Conflicts(pub(super) Vec<Conflict>);

impl Conflicts {
    /// The conflicts; at least one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Conflict> {
        self.0.iter()
    }
}

impl fmt::Display for Conflicts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, conflict) in self.0.iter().enumerate() {
            write!(f, "{}{conflict}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Conflicts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|conflict| write!(f, "\n{conflict}"))
    }
}

impl Error for Conflicts {}
