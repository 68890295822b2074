//! Queries written as PromQL.

use super::{
    Query, Selector, Window,
    expression::{Arithmetic, Expression, Part, PromDuration},
};
use std::fmt::Write as _;

/// The style in which queries are written as PromQL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromQl {
    /// The text for [`Window::Panel`]; `5m` if empty.
    pub window: String,
    /// Matchers that are added to every selector, such as `job="shop"`.
    pub matchers: String,
    /// Labels that a server has put on the series and that every aggregation keeps, such as `job`.
    pub keep: Vec<String>,
}

impl PromQl {
    /// Creates the style for Grafana: windows that suit the panel, and only series that the dashboard's variables select.
    pub fn grafana() -> Self {
        Self {
            window: "$__rate_interval".to_owned(),
            matchers: "job=~\"$job\", instance=~\"$instance\"".to_owned(),
            keep: Vec::new(),
        }
    }

    /// Creates the style for rules: only series of this job, whose label every aggregation keeps.
    pub fn rules(job: &str) -> Self {
        Self {
            window: "5m".to_owned(),
            matchers: format!("job={}", quoted(job)),
            keep: vec!["job".to_owned()],
        }
    }

    fn window(&self, window: Window) -> String {
        match window {
            Window::Of(duration) => PromDuration(duration).to_string(),
            Window::Panel if self.window.is_empty() => "5m".to_owned(),
            Window::Panel => self.window.clone(),
        }
    }

    fn selector(&self, selector: &Selector, part: Part) -> String {
        let suffix = match part {
            Part::Value => "",
            Part::Count => "_count",
            Part::Sum => "_sum",
            Part::Bucket(_) | Part::Buckets => "_bucket",
        };
        let name = format!("{}{suffix}", selector.family().name);
        let mut matchers = Vec::new();
        // A name of other characters is written among the matchers, since Prometheus 3.
        let mut text = if is_plain(&name) {
            name
        } else {
            matchers.push(quoted(&name));
            String::new()
        };
        if !self.matchers.is_empty() {
            matchers.push(self.matchers.clone());
        }
        for matcher in selector.matchers() {
            let label = label(&matcher.label);
            matchers.push(format!("{label}{}{}", matcher.operator.text(), quoted(&matcher.value)));
        }
        if let Part::Bucket(bound) = part {
            matchers.push(edge(bound));
        }
        if !matchers.is_empty() {
            let _ = write!(text, "{{{}}}", matchers.join(", "));
        }
        text
    }

    fn expression(&self, expression: &Expression) -> String {
        match expression {
            Expression::Select(selector, part) => self.selector(selector, *part),
            Expression::Range(function, selector, part, window) => {
                format!("{}({}[{}])", function.text(), self.selector(selector, *part), self.window(*window))
            }
            Expression::Aggregate(aggregation, by, inner) => {
                let inner = self.expression(inner);
                let by: Vec<String> = self.keep.iter().chain(by).map(|name| label(name)).collect();
                if by.is_empty() {
                    format!("{}({inner})", aggregation.text())
                } else {
                    format!("{} by ({}) ({inner})", aggregation.text(), by.join(", "))
                }
            }
            Expression::Quantile(quantile, inner) => {
                format!("histogram_quantile({}, {})", number(*quantile), self.expression(inner))
            }
            Expression::Binary(operator, left, right) => {
                let own = precedence(expression);
                // Operators of one precedence group from the left.
                let (left, right) = (self.operand(left, own), self.operand(right, own + 1));
                format!("{left} {} {right}", operator.text())
            }
            Expression::Scalar(operator, inner, value) => {
                let inner = self.operand(inner, precedence(expression));
                format!("{inner} {} {}", operator.text(), number(*value))
            }
            Expression::Complement(value, inner) => {
                format!("{} - {}", number(*value), self.operand(inner, precedence(expression) + 1))
            }
            Expression::Age(inner) => {
                format!("time() - {}", self.operand(inner, precedence(expression) + 1))
            }
            Expression::Compare(inner, comparison, limit) => {
                let inner = self.operand(inner, precedence(expression) + 1);
                format!("{inner} {} {}", comparison.text(), number(*limit))
            }
            Expression::And(left, right) => self.set(expression, left, "and", right),
            Expression::Or(left, right) => self.set(expression, left, "or", right),
            Expression::Recorded(name, _) if self.matchers.is_empty() => name.to_string(),
            Expression::Recorded(name, _) => format!("{name}{{{}}}", self.matchers),
        }
    }

    fn set(&self, expression: &Expression, left: &Expression, operator: &str, right: &Expression) -> String {
        let own = precedence(expression);
        format!("{} {operator} {}", self.operand(left, own), self.operand(right, own + 1))
    }

    /// Writes an expression, in parentheses unless it binds at least so strongly.
    fn operand(&self, expression: &Expression, least: u8) -> String {
        let text = self.expression(expression);
        if precedence(expression) >= least { text } else { format!("({text})") }
    }
}

/// Returns the precedence of an expression.
///
/// Source: Prometheus, "Operators", "Binary operator precedence".
fn precedence(expression: &Expression) -> u8 {
    match expression {
        Expression::Or(..) => 1,
        Expression::And(..) => 2,
        Expression::Compare(..) => 3,
        Expression::Binary(Arithmetic::Add | Arithmetic::Subtract, ..)
        | Expression::Scalar(Arithmetic::Add | Arithmetic::Subtract, ..)
        | Expression::Complement(..)
        | Expression::Age(..) => 4,
        Expression::Binary(..) | Expression::Scalar(..) => 5,
        Expression::Select(..)
        | Expression::Range(..)
        | Expression::Aggregate(..)
        | Expression::Quantile(..)
        | Expression::Recorded(..) => 6,
    }
}

impl Query {
    /// Returns the query as PromQL.
    pub fn promql(&self, style: &PromQl) -> String {
        style.expression(&self.0)
    }
}

/// Returns a number as PromQL.
pub(crate) fn number(value: f64) -> String {
    if value == f64::INFINITY {
        "+Inf".to_owned()
    } else if value == f64::NEG_INFINITY {
        "-Inf".to_owned()
    } else {
        format!("{value}")
    }
}

/// Returns whether a name needs no quotes: it is a legacy name, which servers before Prometheus 3 read as well.
pub(crate) fn is_plain(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | ':'))
}

/// Returns the name of a label, in quotes if it needs them.
fn label(name: &str) -> String {
    if is_plain(name) && !name.contains(':') { name.to_owned() } else { quoted(name) }
}

/// Returns a text in quotes.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// Returns the matcher of one bucket. Whole numbers are `1` or `1.0`, depending on the format of the scrape and on the server.
fn edge(bound: f64) -> String {
    let text = number(bound);
    if bound.is_finite() && !text.contains('.') {
        format!("le=~\"{text}|{text}\\\\.0\"")
    } else {
        format!("le=\"{text}\"")
    }
}
