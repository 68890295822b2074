//! Whether the targets of a scenario were met.

use super::{
    contender::Class,
    report::Report,
    scenario::Scenario,
    table::{markdown, number},
    target::{Against, Condition, Target},
};

/// An aim, beside what was measured.
struct Verdict {
    /// What was aimed at.
    aim: String,
    /// What was measured, in the same terms.
    found: String,
    /// Whether that is enough; none if a row is missing.
    met: Option<bool>,
}

/// What was aimed at, beside what was measured.
pub fn render(scenario: &Scenario, report: &Report) -> String {
    if scenario.targets.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = scenario
        .targets
        .iter()
        .map(|target| {
            let verdict = judge(target, scenario, report);
            let word = verdict.met.map_or("–", |met| if met { "met" } else { "missed" });
            vec![word.to_owned(), verdict.aim, verdict.found]
        })
        .collect();
    markdown(&["", "aim", "measured"], &rows)
}

/// Compares what was measured with what was aimed at.
fn judge(target: &Target, scenario: &Scenario, report: &Report) -> Verdict {
    let column = scenario.columns[target.column.unwrap_or(scenario.key)];
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
    let row = target.row.unwrap_or("tallymark");
    let mine = value(row).filter(|value| value.is_finite());
    let subject = match (target.row, target.column) {
        (None, None) => String::new(),
        (Some(row), None) => format!("{row}: "),
        (None, Some(_)) => format!("{}: ", column.title),
        (Some(row), Some(_)) => format!("{row}, {}: ", column.title),
    };
    let missing = |aim: String| Verdict { aim, found: "not measured".to_owned(), met: None };
    match target.condition {
        Condition::Times(factor, against) | Condition::Within(factor, against) => {
            let faster = matches!(target.condition, Condition::Times(..));
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
            Verdict { aim, found: number(mine), met: Some(mine <= limit) }
        }
    }
}
