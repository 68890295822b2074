//! Tables of text, the same on the terminal and in the document.

use std::fmt::Write;

use super::{contender::Class, report::Report, scenario::Scenario};

/// Four significant digits, no exponent.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let places = usize::try_from(3 - digits).unwrap_or(0).min(3);
    format!("{value:.places$}")
}

fn ratio(value: f64) -> String {
    if !value.is_finite() {
        "–".to_owned()
    } else if value >= 100.0 {
        format!("{value:.0}x")
    } else {
        format!("{value:.2}x")
    }
}

/// Lines up the cells of a Markdown table, so that it also reads as plain text.
pub fn markdown(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    let mut line = |cells: Vec<&str>| {
        for (column, cell) in cells.iter().enumerate() {
            let pad = widths[column] - cell.chars().count();
            // The first two columns are words, the rest numbers.
            if column < 2 {
                let _ = write!(text, "| {cell}{} ", " ".repeat(pad));
            } else {
                let _ = write!(text, "| {}{cell} ", " ".repeat(pad));
            }
        }
        text.push_str("|\n");
    };
    line(head.to_vec());
    let rules: Vec<String> = widths
        .iter()
        .enumerate()
        .map(
            |(column, &width)| {
                if column < 2 { "-".repeat(width) } else { format!("{}:", "-".repeat(width - 1)) }
            },
        )
        .collect();
    line(rules.iter().map(String::as_str).collect());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
    text
}

/// The rows of a scenario: tallymark, peers, variants and limits, each by the column that is compared.
pub fn render(scenario: &Scenario, report: &Report) -> String {
    let key = scenario.columns[scenario.key];
    let of = |row: &super::report::Row| key.of(row.values(key.measure));
    let mut rows: Vec<_> = report.rows.iter().collect();
    rows.sort_by(|a, b| a.class.cmp(&b.class).then(of(a).total_cmp(&of(b))));
    let best = rows
        .iter()
        .filter(|row| row.class == Class::Peer)
        .map(|row| of(row))
        .filter(|value| value.is_finite())
        .fold(f64::NAN, f64::min);
    let limit = scenario.limit.and_then(|name| report.row(name)).map(&of);

    let mut head = vec!["", "row"];
    head.extend(scenario.columns.iter().map(|column| column.title));
    if best.is_finite() {
        head.push("x best peer");
    }
    if limit.is_some() {
        head.push("x limit");
    }
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.class.word().to_owned(), row.name.clone()];
            cells.extend(scenario.columns.iter().map(|column| number(column.of(row.values(column.measure)))));
            if best.is_finite() {
                cells.push(ratio(of(row) / best));
            }
            if let Some(limit) = limit {
                cells.push(ratio(of(row) / limit));
            }
            cells
        })
        .collect();
    markdown(&head, &lines)
}
