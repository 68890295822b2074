//! `PROMQL.md`: example queries of the program's metrics.

use crate::plan::Plan;
use std::fmt::Write as _;
use tallymark_core::{Kind, registry::FamilyDescriptor};
use tallymark_panels::{PanelKind, PromQl, Query, QueryError, Selector, Window};

pub(super) fn text(plan: &Plan) -> String {
    let mut text = format!(
        "# Questions to ask of {}\n\n\
         To be copied to Prometheus or to Grafana's Explore.\n",
        plan.name
    );
    let style = PromQl::default();
    for board in &plan.monitoring.boards {
        let _ = writeln!(text, "\n## {}\n", board.title);
        for panel in board.panels().filter(|panel| panel.kind != PanelKind::Heatmap) {
            let _ = writeln!(text, "{}:\n\n```promql", panel.title);
            for target in &panel.targets {
                let _ = writeln!(text, "{}", target.query.promql(&style));
            }
            let _ = writeln!(text, "```\n");
        }
    }
    text.push_str("\n## Metric by metric\n");
    for family in plan.catalogue.families() {
        let questions = questions(&Selector::new(family), family);
        if questions.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n### {}\n\n{}\n\n```promql", family.name, family.help);
        for (question, query) in questions {
            let _ = writeln!(text, "# {question}\n{}", query.promql(&style));
        }
        text.push_str("```\n");
    }
    text
}

/// Returns example queries of a family, by its kind, each with a title.
fn questions(all: &Selector, family: &FamilyDescriptor) -> Vec<(String, Query)> {
    let five = Window::minutes(5);
    let mut questions: Vec<(String, Result<Query, QueryError>)> = Vec::new();
    let mut ask = |question: &str, query| questions.push((question.to_owned(), query));
    let by_label = |query: Result<Query, QueryError>, label: &str| query?.sum_by(&[label]);
    match family.kind {
        Kind::Counter => {
            ask("In each second, over five minutes", all.rate(five).map(Query::sum));
            for label in &family.labels {
                ask(&format!("By {}", label.name), by_label(all.rate(five), &label.name));
            }
            ask("In the last hour", all.increase(Window::hours(1)).map(Query::sum));
            ask("In the last day", all.increase(Window::hours(24)).map(Query::sum));
        }
        Kind::Histogram => {
            for (quantile, name) in [(0.5, "Median"), (0.95, "95th percentile"), (0.99, "99th percentile")] {
                ask(name, all.quantile(quantile, five, &[]));
            }
            for label in &family.labels {
                ask(&format!("95th percentile by {}", label.name), all.quantile(0.95, five, &[&label.name]));
            }
            ask("Mean", all.mean(five, &[]));
            ask("Observations in each second", all.rate(five).map(Query::sum));
            // An Apdex score needs a bound at the satisfied limit and one at four times that limit.
            let limits = family.bounds.iter().copied().filter(|limit| *limit <= 0.5);
            let mut scores = limits.filter_map(|limit| Some((limit, all.apdex(limit, five).ok()?)));
            if let Some((limit, score)) = scores.next_back() {
                ask(&format!("Apdex, satisfied within {limit}"), Ok(score));
            }
        }
        Kind::Summary => ask("Mean", all.mean(five, &[])),
        Kind::Gauge => {
            ask("Now", all.value());
            ask("Mean over the last hour", all.mean_over(Window::hours(1)));
            ask("Most in the last fifteen minutes", all.max_over(Window::minutes(15)));
        }
        _ => ask("Now", all.value()),
    }
    questions.into_iter().filter_map(|(question, query)| Some((question, query.ok()?))).collect()
}
