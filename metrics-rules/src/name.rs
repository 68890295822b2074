//! What a metric may be called, and how it may be described.

use crate::{
    Allow, Fault, Kind, base_unit_of, is_snake_case,
    text::{equal, has_word, is_word, last_word, strip_end},
    unit,
};

/// Returns whether the exposition formats can carry this metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub const fn is_metric_name(name: &str) -> bool {
    is_word(name.as_bytes(), true, true)
}

/// Returns why a text cannot be put before the names of metrics. `any_case` is for those that need not be lower snake
/// case.
pub const fn namespace_fault(namespace: &str, any_case: bool) -> Option<Fault<'_>> {
    let fits = if any_case { is_metric_name(namespace) } else { is_snake_case(namespace) };
    if fits { None } else { Some(Fault::Namespace { namespace }) }
}

/// Returns why a text cannot be a help text.
pub const fn help_fault(help: &str) -> Option<Fault<'static>> {
    if help.trim_ascii().is_empty() { Some(Fault::Help) } else { None }
}

/// A metric's name, and what the rules have to know of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The whole name, namespace included.
    pub name: &'a str,
    /// The kind of metric. Of [`Kind::Unknown`] only that is asked which holds for all kinds.
    pub kind: Kind,
    /// The unit, if it was given and not taken from the name.
    pub unit: Option<&'a str>,
    /// The rules that do not hold.
    pub allow: Allow,
}

/// The rules that a name breaks, in the order in which a reader meets them.
#[derive(Clone, Debug)]
pub struct Faults<'a> {
    found: [Option<Fault<'a>>; 4],
    at: usize,
}

impl<'a> Iterator for Faults<'a> {
    type Item = Fault<'a>;

    fn next(&mut self) -> Option<Fault<'a>> {
        let rest = self.found.get(self.at..)?;
        let skipped = rest.iter().position(Option::is_some)?;
        self.at += skipped + 1;
        self.found[self.at - 1]
    }
}

impl<'a> Named<'a> {
    /// Returns the first rule that the name breaks.
    pub const fn first_fault(&self) -> Option<Fault<'a>> {
        if !is_metric_name(self.name) {
            return Some(Fault::Letters { name: self.name });
        }
        if let Some(fault) = self.case_fault() {
            return Some(fault);
        }
        if let Some(fault) = self.word_fault() {
            return Some(fault);
        }
        if let Some(fault) = self.suffix_fault() {
            return Some(fault);
        }
        self.unit_fault()
    }

    /// Returns all rules that the name breaks.
    pub const fn faults(&self) -> Faults<'a> {
        if !is_metric_name(self.name) {
            return Faults { found: [Some(Fault::Letters { name: self.name }), None, None, None], at: 0 };
        }
        Faults {
            found: [self.case_fault(), self.word_fault(), self.suffix_fault(), self.unit_fault()],
            at: 0,
        }
    }

    /// Returns the unit to declare: the given one, or the base unit that the name ends in.
    pub const fn unit(&self) -> Option<&'a str> {
        match (self.unit, self.kind) {
            (Some(unit), _) => Some(unit),
            (None, Kind::Info | Kind::StateSet) => None,
            (None, _) => base_unit_of(self.name),
        }
    }

    const fn case_fault(&self) -> Option<Fault<'a>> {
        if self.allow.name || is_snake_case(self.name) {
            return None;
        }
        Some(Fault::Case { name: self.name })
    }

    const fn word_fault(&self) -> Option<Fault<'a>> {
        if !self.allow.name && (has_word(self.name, "metric") || has_word(self.name, "metrics")) {
            return Some(Fault::SaysMetric);
        }
        None
    }

    /// `_total`, `_info`, and what the exposition formats add.
    const fn suffix_fault(&self) -> Option<Fault<'a>> {
        let Self { name, kind, allow, .. } = *self;
        if !allow.total {
            match (kind, strip_end(name, "_total")) {
                (Kind::Counter, None) => return Some(Fault::TotalMissing { name }),
                (Kind::Counter | Kind::Unknown, _) | (_, None) => {}
                (_, Some(stem)) => return Some(Fault::Total { stem, kind }),
            }
        }
        // Another type may yet turn out to be an info.
        if allow.suffix || matches!(kind, Kind::Unknown) {
            return None;
        }
        let (before, suffix) = last_word(name);
        if matches!(kind, Kind::Info) {
            let is_info = before.is_some() && equal(suffix.as_bytes(), b"info");
            return if is_info { None } else { Some(Fault::InfoMissing { name }) };
        }
        let Some(stem) = before else { return None };
        if equal(suffix.as_bytes(), b"info") {
            return Some(Fault::Info { stem, kind });
        }
        let mut at = 0;
        while at < ADDED.len() {
            if equal(suffix.as_bytes(), ADDED[at].as_bytes()) {
                return Some(Fault::Suffix { suffix });
            }
            at += 1;
        }
        None
    }

    const fn unit_fault(&self) -> Option<Fault<'a>> {
        let Self { name, kind, allow, .. } = *self;
        let (stem, total) = match strip_end(name, "_total") {
            Some(stem) => (stem, "_total"),
            None => (name, ""),
        };
        if let Some(unit) = self.unit {
            if !is_snake_case(unit) {
                return Some(Fault::UnitCase { unit });
            }
            if matches!(kind, Kind::Info | Kind::StateSet) {
                return Some(Fault::UnitOfNone { kind });
            }
            if allow.unit {
                return None;
            }
            if let Some(base) = unit::instead_of_unit(unit) {
                return Some(Fault::UnitNotBase { unit, base });
            }
            if !unit::ends_in(stem, unit) {
                let other = base_unit_of(stem);
                let stem = match other {
                    Some(other) => without_unit(stem, other),
                    None => stem,
                };
                return Some(Fault::UnitMissing { stem, unit, total, other });
            }
        }
        if allow.unit {
            return None;
        }
        // A name of one word says what is measured, not in which unit.
        let (Some(stem), word) = last_word(stem) else { return None };
        match unit::instead_of(word) {
            Some(base) => Some(Fault::NotBase { stem, word, base, total }),
            None => None,
        }
    }
}

/// What the exposition formats add to names themselves.
const ADDED: [&str; 6] = ["bucket", "count", "sum", "created", "gcount", "gsum"];

/// Returns the name without the unit that it ends in, and without the underscore before that.
const fn without_unit<'a>(stem: &'a str, unit: &str) -> &'a str {
    match strip_end(stem, unit) {
        Some(before) => match strip_end(before, "_") {
            Some(before) => before,
            None => before,
        },
        None => stem,
    }
}
