//! What a scenario aims at. Missing it fails nothing; it is written beside the table.

use super::{contender::Class, report::Report, scenario::Scenario};

/// What a row is compared with.
#[derive(Clone, Copy, Debug)]
pub enum Against {
    /// The best row of class peer.
    BestPeer,
    /// A row by its name.
    Row(&'static str),
}

/// The condition.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The other row's value is at least this many times ours.
    Times(f64, Against),
    /// Ours is at most this many times the other row's value.
    Within(f64, Against),
    /// Ours is at most this.
    AtMost(f64),
}

/// One aim.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Which row; none for `tallymark`.
    pub row: Option<&'static str>,
    /// Which column; none for the one that is compared.
    pub column: Option<usize>,
    /// What is wanted of it.
    pub condition: Condition,
}

/// An aim, beside what was measured.
pub struct Verdict {
    /// What was aimed at.
    pub aim: String,
    /// What was measured, in the same terms.
    pub found: String,
    /// Whether that is enough; none if a row is missing.
    pub met: Option<bool>,
}

impl Target {
    /// At least so many times better than another row.
    pub const fn times(factor: f64, against: Against) -> Self {
        Self { row: None, column: None, condition: Condition::Times(factor, against) }
    }

    /// At most so many times another row.
    pub const fn within(factor: f64, against: Against) -> Self {
        Self { row: None, column: None, condition: Condition::Within(factor, against) }
    }

    /// At most this.
    pub const fn at_most(value: f64) -> Self {
        Self { row: None, column: None, condition: Condition::AtMost(value) }
    }

    /// The same for another row.
    pub const fn of(mut self, row: &'static str) -> Self {
        self.row = Some(row);
        self
    }

    /// The same for another column.
    pub const fn in_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }

    /// Compares.
    pub fn judge(&self, scenario: &Scenario, report: &Report) -> Verdict {
        let column = scenario.columns[self.column.unwrap_or(scenario.key)];
        let value = |name: &str| report.row(name).map(|row| column.of(row.values(column.measure)));
        let best = || {
            let peers = report.rows.iter().filter(|row| row.class == Class::Peer);
            peers
                .map(|row| (row.name.clone(), column.of(row.values(column.measure))))
                .filter(|(_, value)| value.is_finite())
                .min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let other = |against: Against| match against {
            Against::BestPeer => best(),
            Against::Row(name) => value(name).map(|value| (name.to_owned(), value)),
        };
        let row = self.row.unwrap_or("tallymark");
        let mine = value(row).filter(|value| value.is_finite());
        let subject = match (self.row, self.column) {
            (None, None) => String::new(),
            (Some(row), None) => format!("{row}: "),
            (None, Some(_)) => format!("{}: ", column.title),
            (Some(row), Some(_)) => format!("{row}, {}: ", column.title),
        };
        let missing = |aim: String| Verdict { aim, found: "not measured".to_owned(), met: None };
        match self.condition {
            Condition::Times(factor, against) | Condition::Within(factor, against) => {
                let faster = matches!(self.condition, Condition::Times(..));
                let whom = match against {
                    Against::BestPeer => "the best peer",
                    Against::Row(name) => name,
                };
                let aim = if faster {
                    format!("{subject}at least {factor}x better than {whom}")
                } else {
                    format!("{subject}at most {factor}x {whom}")
                };
                let (Some(mine), Some((name, other))) = (mine, other(against)) else { return missing(aim) };
                let ratio = if faster { other / mine } else { mine / other };
                let met = if faster { ratio >= factor } else { ratio <= factor };
                Verdict { aim, found: format!("{ratio:.2}x ({name})"), met: Some(met) }
            }
            Condition::AtMost(limit) => {
                let aim = format!("{subject}at most {limit} {}", column.title);
                let Some(mine) = mine else { return missing(aim) };
                Verdict { aim, found: super::table::number(mine), met: Some(mine <= limit) }
            }
        }
    }
}
