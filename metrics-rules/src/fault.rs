//! Broken rules, and the sentences that say what to write instead.

use core::fmt;

use crate::Kind;

/// A rule that a declaration breaks, with what was found. Its `Display` says what is wrong and what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields hold what the sentence puts between backquotes")]
pub enum Fault<'a> {
    /// The exposition formats cannot carry the name.
    Letters { name: &'a str },
    /// The name is not lower snake case.
    Case { name: &'a str },
    /// The name holds the word `metric`.
    SaysMetric,
    /// A counter without `_total`.
    TotalMissing { name: &'a str },
    /// Something else with `_total`.
    Total { stem: &'a str, kind: Kind },
    /// An info without `_info`.
    InfoMissing { name: &'a str },
    /// Something else with `_info`.
    Info { stem: &'a str, kind: Kind },
    /// A suffix that the exposition formats add.
    Suffix { suffix: &'a str },
    /// The name ends in a unit that is not a base unit.
    NotBase { stem: &'a str, word: &'a str, base: &'static str, total: &'static str },
    /// The unit is not lower snake case.
    UnitCase { unit: &'a str },
    /// A unit of something that has none.
    UnitOfNone { kind: Kind },
    /// The unit is not a base unit.
    UnitNotBase { unit: &'a str, base: &'static str },
    /// The name does not end in its unit.
    UnitMissing { stem: &'a str, unit: &'a str, total: &'static str, other: Option<&'static str> },
    /// The text cannot begin the name of a metric.
    Namespace { namespace: &'a str },
    /// There is no help text.
    Help,
    /// The exposition formats cannot carry the label's name.
    LabelLetters { label: &'a str },
    /// The label's name begins with two underscores.
    LabelUnderscores { label: &'a str },
    /// The label's name belongs to a kind of metric.
    LabelReserved { label: &'a str },
    /// The label's name is not lower snake case.
    LabelCase { label: &'a str },
    /// The label is a state set's own.
    LabelIsState { label: &'a str },
    /// The metric's name holds the label's name.
    LabelInName { label: &'a str },
    /// The label's values have no end.
    LabelEndless { label: &'a str },
    /// Two labels of one name.
    LabelTwice { label: &'a str },
}

/// What a [`Fault`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// The metric's name.
    Name,
    /// The unit that was given.
    Unit,
    /// The text that is put before the name.
    Namespace,
    /// The help text.
    Help,
    /// A label's name.
    Label,
}

impl Fault<'_> {
    /// Returns what the fault is about.
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Letters { .. }
            | Self::Case { .. }
            | Self::SaysMetric
            | Self::TotalMissing { .. }
            | Self::Total { .. }
            | Self::InfoMissing { .. }
            | Self::Info { .. }
            | Self::Suffix { .. }
            | Self::NotBase { .. }
            | Self::UnitMissing { .. } => Subject::Name,
            Self::UnitCase { .. } | Self::UnitOfNone { .. } | Self::UnitNotBase { .. } => Subject::Unit,
            Self::Namespace { .. } => Subject::Namespace,
            Self::Help => Subject::Help,
            Self::LabelLetters { .. }
            | Self::LabelUnderscores { .. }
            | Self::LabelReserved { .. }
            | Self::LabelCase { .. }
            | Self::LabelIsState { .. }
            | Self::LabelInName { .. }
            | Self::LabelEndless { .. }
            | Self::LabelTwice { .. } => Subject::Label,
        }
    }

    /// Returns the name of the label that the fault is about, if it is about one.
    pub const fn label(&self) -> Option<&str> {
        match self {
            Self::LabelLetters { label }
            | Self::LabelUnderscores { label }
            | Self::LabelReserved { label }
            | Self::LabelCase { label }
            | Self::LabelIsState { label }
            | Self::LabelInName { label }
            | Self::LabelEndless { label }
            | Self::LabelTwice { label } => Some(label),
            _ => None,
        }
    }

    /// Returns the word that switches the rule off in `#[metric(allow(…))]`, if one does.
    pub const fn allowed_by(&self) -> Option<&'static str> {
        match self {
            Self::Case { .. } | Self::SaysMetric | Self::Namespace { .. } | Self::LabelInName { .. } => {
                Some("name")
            }
            Self::TotalMissing { .. } | Self::Total { .. } => Some("total"),
            Self::InfoMissing { .. } | Self::Info { .. } | Self::Suffix { .. } => Some("suffix"),
            Self::NotBase { .. } | Self::UnitNotBase { .. } | Self::UnitMissing { .. } => Some("unit"),
            Self::LabelCase { .. } => Some("label"),
            Self::LabelEndless { .. } => Some("cardinality"),
            Self::Letters { .. }
            | Self::UnitCase { .. }
            | Self::UnitOfNone { .. }
            | Self::Help
            | Self::LabelLetters { .. }
            | Self::LabelUnderscores { .. }
            | Self::LabelReserved { .. }
            | Self::LabelIsState { .. }
            | Self::LabelTwice { .. } => None,
        }
    }

    /// Returns the rule in general words, without what was found: constant evaluation cannot put texts together.
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::Letters { .. } => {
                "a metric name consists of letters, digits, underscores and colons, and does not begin with a digit"
            }
            Self::Case { .. } => {
                "a metric name is lower snake case, such as `orders_created_total`: lower-case letters and digits, one \
                 underscore between words; or write `allow(name)`"
            }
            Self::SaysMetric => {
                "every metric is a metric: leave the word out of the name and say what is measured; or write \
                 `allow(name)`"
            }
            Self::TotalMissing { .. } => {
                "the name of a counter ends in `_total`, such as `orders_created_total`; or write `allow(total)`"
            }
            Self::Total { .. } => {
                "only the name of a counter ends in `_total`: take the suffix off, or make it a counter; or write \
                 `allow(total)`"
            }
            Self::InfoMissing { .. } => {
                "the name of an info ends in `_info`, such as `build_info`; or write `allow(suffix)`"
            }
            Self::Info { .. } => "only the name of an info ends in `_info`; or write `allow(suffix)`",
            Self::Suffix { .. } => {
                "the exposition formats add `_bucket`, `_count`, `_sum`, `_gcount`, `_gsum` and `_created` themselves, so a name \
                 cannot end in them; or write `allow(suffix)`"
            }
            Self::NotBase { base, .. } | Self::UnitNotBase { base, .. } => match base.as_bytes() {
                b"seconds" => {
                    "time is measured in seconds: end the name in `_seconds`, or write `allow(unit)`"
                }
                b"bytes" => {
                    "amounts of data are measured in bytes: end the name in `_bytes`, or write `allow(unit)`"
                }
                b"ratio" => {
                    "parts of a whole are measured from 0 to 1: end the name in `_ratio`, or write `allow(unit)`"
                }
                b"celsius" => {
                    "temperature is measured in degrees Celsius: end the name in `_celsius`, or write `allow(unit)`"
                }
                b"meters" => {
                    "length is measured in meters: end the name in `_meters`, or write `allow(unit)`"
                }
                b"grams" => "mass is measured in grams: end the name in `_grams`, or write `allow(unit)`",
                b"volts" => "voltage is measured in volts: end the name in `_volts`, or write `allow(unit)`",
                b"amperes" => {
                    "current is measured in amperes: end the name in `_amperes`, or write `allow(unit)`"
                }
                b"joules" => {
                    "energy is measured in joules: end the name in `_joules`, or write `allow(unit)`"
                }
                _ => "measure in base units, or write `allow(unit)`",
            },
            Self::UnitCase { .. } => "a unit is lower snake case, such as `seconds` or `bytes`",
            Self::UnitOfNone { .. } => "infos and state sets have no unit",
            Self::UnitMissing { .. } => {
                "a name ends in its unit, before `_total` if it is a counter: `request_duration_seconds`, \
                 `sent_bytes_total`; or write `allow(unit)`"
            }
            Self::Namespace { .. } => {
                "a namespace consists of lower-case letters and digits, with one underscore between words, and begins \
                 with a letter"
            }
            Self::Help => "the help text is empty: say in one sentence what is measured",
            Self::LabelLetters { .. } => {
                "a label name consists of letters, digits and underscores, and does not begin with a digit"
            }
            Self::LabelUnderscores { .. } => "label names that begin with `__` belong to Prometheus itself",
            Self::LabelReserved { .. } => {
                "the labels `le` and `quantile` belong to histograms and summaries; choose another name"
            }
            Self::LabelCase { .. } => {
                "a label name is lower snake case, such as `http_method`; or write `allow(label)`"
            }
            Self::LabelIsState { .. } => {
                "a state set's own name is the label that holds the state; choose another label name"
            }
            Self::LabelInName { .. } => {
                "a label's name is part of the metric's, as in `requests_by_method`: queries choose by which label to \
                 add up, so leave it out; or write `allow(name)`"
            }
            Self::LabelEndless { .. } => {
                "the values of a label such as `user_id`, `session_id`, `request_id`, `email`, `ip`, `path` or `url` have no \
                 end, and each is a series that a server keeps for months: use a label with few values, such as a route, \
                 a kind or a class; or write `allow(cardinality)`"
            }
            Self::LabelTwice { .. } => {
                "two labels have the same name; the labels of a metric are all different"
            }
        }
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Letters { name } => write!(
                f,
                "`{name}` cannot be the name of a metric: it consists of letters, digits, underscores and colons, and \
                 does not begin with a digit"
            ),
            Self::Case { name } => write!(
                f,
                "`{name}` is not lower snake case: a metric name consists of lower-case letters and digits, with one \
                 underscore between words, such as `orders_created_total`"
            ),
            Self::SaysMetric => f.write_str(
                "every metric is a metric: leave the word out of the name and say what is measured",
            ),
            Self::TotalMissing { name } => {
                write!(f, "the name of a counter ends in `_total`: call it `{name}_total`")
            }
            Self::Total { stem, kind } => write!(
                f,
                "only the name of a counter ends in `_total`, and this is {}: call it `{stem}`, or make it a counter",
                kind.with_article()
            ),
            Self::InfoMissing { name } => {
                write!(f, "the name of an info ends in `_info`: call it `{name}_info`")
            }
            Self::Info { stem, kind } => write!(
                f,
                "only the name of an info ends in `_info`, and this is {}: call it `{stem}`, or make it an info",
                kind.with_article()
            ),
            Self::Suffix { suffix } => {
                write!(f, "the exposition formats add `_{suffix}` themselves, so a name cannot end in it")
            }
            Self::NotBase { stem, word, base, total } => {
                let measure = if base == "ratio" { "a ratio from 0 to 1, in" } else { "in" };
                write!(
                    f,
                    "`{word}` is not a base unit: measure {measure} `{base}`, and call it `{stem}_{base}{total}`"
                )
            }
            Self::UnitCase { unit } => {
                write!(f, "`{unit}` cannot be a unit: it is lower snake case, such as `seconds` or `bytes`")
            }
            Self::UnitOfNone { kind } => write!(f, "{} has no unit: leave `unit` out", kind.with_article()),
            Self::UnitNotBase { unit, base } => {
                write!(f, "`{unit}` is not a base unit: measure in `{base}`")
            }
            Self::UnitMissing { stem, unit, total, other } => {
                write!(f, "a name ends in its unit: call it `{stem}_{unit}{total}`")?;
                match other {
                    Some(other) => write!(f, ", or make the unit `{other}`"),
                    None => Ok(()),
                }
            }
            Self::Namespace { namespace } => write!(
                f,
                "`{namespace}` cannot begin the name of a metric: it consists of lower-case letters and digits, with \
                 one underscore between words, a letter first"
            ),
            Self::LabelLetters { label } => write!(
                f,
                "`{label}` cannot be the name of a label: it consists of letters, digits and underscores, and does not \
                 begin with a digit"
            ),
            Self::LabelUnderscores { label } => write!(
                f,
                "`{label}` cannot be the name of a label: names that begin with `__` belong to Prometheus itself"
            ),
            Self::LabelReserved { label } => write!(
                f,
                "`{label}` cannot be the name of a label: `le` and `quantile` belong to histograms and summaries"
            ),
            Self::LabelCase { label } => write!(
                f,
                "`{label}` is not lower snake case: a label name consists of lower-case letters and digits, with one \
                 underscore between words"
            ),
            Self::LabelEndless { label } => write!(
                f,
                "the values of a label `{label}` have no end, and each is a series that a server keeps for months: {}",
                match label {
                    "path" | "url" => "label with the route, such as `/orders/{id}`",
                    "ip" => "label with a network, a region or a class of clients",
                    _ =>
                        "use a label with few values, such as a plan or a region, and write this one to logs or exemplars",
                }
            ),
            Self::LabelIsState { label } => write!(
                f,
                "`{label}` cannot be the name of a label: it is the state set's own name, which holds the state"
            ),
            Self::LabelInName { label } => write!(
                f,
                "the label `{label}` is part of the metric's name: queries choose by which label to add up, so leave it \
                 out of the name"
            ),
            Self::LabelTwice { label } => write!(f, "two labels have the name `{label}`: rename one of them"),
            Self::Help => f.write_str(self.sentence()),
        }
    }
}
