//! Recording and alerting rules.

use crate::{
    format::{Node, node},
    plan::Plan,
};
use tallymark_panels::{Alert, PromQl, Recording};

pub(super) fn recordings_file(plan: &Plan) -> Node {
    node!({ "groups": (vec![recordings(plan)]) })
}

pub(super) fn alerts_file(plan: &Plan) -> Node {
    node!({ "groups": (vec![targets(plan), alerts(plan)]) })
}

/// Returns all groups, in the order in which they are evaluated.
pub(crate) fn groups(plan: &Plan) -> Vec<Node> {
    vec![recordings(plan), targets(plan), alerts(plan)]
}

/// Returns the names of the groups, in the order in which they are evaluated.
pub(super) fn group_names(plan: &Plan) -> [String; 3] {
    ["recordings", "targets", "alerts"].map(|group| format!("{}-{group}", plan.name))
}

fn group(name: &str, rules: Vec<Node>) -> Node {
    node!({ "name": (name), "rules": (rules) })
}

fn recordings(plan: &Plan) -> Node {
    let style = PromQl::rules(&plan.name);
    let rule = |recording: &Recording| node!({ "record": (recording.name.as_str()), "expr": (recording.query.promql(&style)) });
    let [name, ..] = group_names(plan);
    group(&name, plan.recordings.iter().map(rule).collect())
}

fn alerts(plan: &Plan) -> Node {
    let style = PromQl::rules(&plan.name);
    let rule = |alert: &Alert| {
        let mut rule = node!({
            "alert": (alert.name.as_str()),
            "expr": (alert.condition.promql(&style)),
        });
        if !alert.hold.is_zero() {
            rule = rule.with("for", alert.hold_text().to_string());
        }
        rule.with("labels", node!({ "severity": (alert.severity.to_string()) })).with(
            "annotations",
            node!({ "summary": (alert.summary.as_str()), "description": (alert.description.as_str()) }),
        )
    };
    let [.., name] = group_names(plan);
    group(&name, plan.alerts.iter().map(rule).collect())
}

/// Returns the alerts on the target itself, which the program cannot report.
fn targets(plan: &Plan) -> Node {
    let name = &plan.name;
    let [_, group_name, _] = group_names(plan);
    let down = node!({
        "alert": "TargetDown",
        "expr": (format!("up{{job=\"{name}\"}} == 0")),
        "for": "2m",
        "labels": { "severity": "critical" },
        "annotations": {
            "summary": "{{ $labels.instance }} cannot be scraped",
            "description": "The instance is down, or its metrics cannot be reached: what else it does is not seen.",
        },
    });
    let absent = node!({
        "alert": "TargetAbsent",
        "expr": (format!("absent(up{{job=\"{name}\"}})")),
        "for": "5m",
        "labels": { "severity": "critical" },
        "annotations": {
            "summary": (format!("No instance of {name} is known to Prometheus")),
            "description": "Look at the targets of the scrape configuration.",
        },
    });
    group(&group_name, vec![down, absent])
}
