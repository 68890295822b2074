//! Unit tests for `promtool test rules`: for each alert, series that make it fire, and series that do not.

use super::rules::group_names;
use crate::{
    MixinError,
    format::{Node, node},
    plan::Plan,
};
use tallymark_panels::{Alert, ExampleSeries};

pub(super) fn file(plan: &Plan) -> Result<Node, MixinError> {
    let mut tests = target_tests(plan);
    for alert in &plan.alerts {
        for fires in [true, false] {
            let series = alert
                .condition
                .example(fires)
                .map_err(|source| MixinError::Alert { alert: alert.name.clone(), source })?;
            tests.push(test(plan, alert, fires, &series));
        }
    }
    let order: Vec<Node> = group_names(plan).into_iter().map(Node::from).collect();
    let rules = ["recordings", "alerts"].map(|kind| Node::from(format!("../rules/{}-{kind}.yml", plan.name)));
    Ok(node!({
        "rule_files": (rules.to_vec()),
        "evaluation_interval": "1m",
        "group_eval_order": (order),
        "tests": (tests),
    }))
}

fn test(plan: &Plan, alert: &Alert, fires: bool, series: &[ExampleSeries]) -> Node {
    let minutes = alert.condition.example_minutes() + alert.hold.as_secs().div_ceil(60);
    let input = series.iter().map(|series| {
        let values = if series.per_minute == 0.0 {
            format!("{}x{minutes}", series.start)
        } else {
            format!("{}+{}x{minutes}", series.start, series.per_minute)
        };
        input(&series.promql(&[("job", &plan.name), ("instance", "one")]), &values)
    });
    expect(&alert.name, fires, minutes, input.collect())
}

fn input(series: &str, values: &str) -> Node {
    node!({ "series": (series), "values": (values) })
}

/// Returns a test that the alert fires or is silent, by the series `ALERTS` that the server records.
fn expect(alert: &str, fires: bool, minutes: u64, input: Vec<Node>) -> Node {
    let verb = if fires { "fires" } else { "is silent" };
    let firing = node!([{ "labels": (format!("{{alertname=\"{alert}\"}}")), "value": 1 }]);
    node!({
        "name": (format!("{alert} {verb}")),
        "interval": "1m",
        "input_series": (input),
        "promql_expr_test": [{
            "expr": (format!(
                "count by (alertname) (ALERTS{{alertname=\"{alert}\", alertstate=\"firing\"}})"
            )),
            "eval_time": (format!("{minutes}m")),
            "exp_samples": (if fires { firing } else { node!([]) }),
        }],
    })
}

fn target_tests(plan: &Plan) -> Vec<Node> {
    let up = |value: &str| vec![input(&format!("up{{job=\"{}\", instance=\"one\"}}", plan.name), value)];
    vec![
        expect("TargetDown", true, 10, up("0x10")),
        expect("TargetDown", false, 10, up("1x10")),
        expect("TargetAbsent", true, 10, Vec::new()),
        expect("TargetAbsent", false, 10, up("1x10")),
    ]
}
