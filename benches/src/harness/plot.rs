//! Line charts as SVG, written by hand: both axes logarithmic, each line named at its end.

use std::fmt::Write;

use super::{contender::Class, report::Report, scenario::Column};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 270.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 50.0;

/// What a chart says beside its lines.
pub struct Chart<'a> {
    /// Above the chart.
    pub title: &'a str,
    /// Below the horizontal axis.
    pub across: &'a str,
    /// The horizontal position of each column.
    pub at: &'a [f64],
}

struct Line<'a> {
    class: Class,
    name: &'a str,
    points: Vec<(f64, f64)>,
}

/// Draws one line for each row, through the columns' values.
pub fn draw(chart: &Chart<'_>, columns: &[Column], report: &Report) -> String {
    let lines: Vec<Line<'_>> = report
        .rows
        .iter()
        .map(|row| {
            let values = columns.iter().map(|column| column.of(row.values(column.measure)));
            let points = chart.at.iter().copied().zip(values);
            let points = points.filter(|(_, value)| value.is_finite() && *value > 0.0).collect();
            Line { class: row.class, name: &row.name, points }
        })
        .filter(|line: &Line<'_>| !line.points.is_empty())
        .collect();
    let all = || lines.iter().flat_map(|line| &line.points);
    let (low, high) = decades(all().map(|point| point.1));
    let (first, last) = bounds(chart.at.iter().copied());
    let x = |value: f64| LEFT + (value / first).ln() / (last / first).ln() * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - (value / low).ln() / (high / low).ln() * (HEIGHT - TOP - BOTTOM);

    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\" font-weight=\"bold\">{}</text>\n",
        escape(chart.title)
    );
    let mut tick = low;
    while tick <= high * 1.001 {
        let at = y(tick);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            short(tick)
        );
        tick *= 10.0;
    }
    for &value in chart.at {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(value),
            HEIGHT - BOTTOM + 18.0,
            short(value)
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(LEFT, WIDTH - RIGHT),
        HEIGHT - 10.0,
        escape(chart.across)
    );
    strokes(&mut svg, &lines, x, y);
    svg.push_str("</svg>\n");
    svg
}

/// The lines and, beside the chart, their names, moved apart where they would cover one another.
fn strokes(svg: &mut String, lines: &[Line<'_>], x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) {
    const COLOURS: [&str; 8] =
        ["#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#bcbd22", "#e377c2", "#ff7f0e"];
    let mut ends = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let (colour, width, dash) = match line.class {
            Class::Ours => ("#d62728", 3.0, ""),
            Class::Limit => ("#555", 1.5, " stroke-dasharray=\"5 4\""),
            Class::Peer | Class::Variant => (COLOURS[index % COLOURS.len()], 1.5, ""),
        };
        let mut path = String::new();
        for &(across, value) in &line.points {
            let _ = write!(path, "{:.1},{:.1} ", x(across), y(value));
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{width}\" fill=\"{colour}\"/>",
                x(across),
                y(value)
            );
        }
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>",
            path.trim_end()
        );
        if let Some(&(_, value)) = line.points.last() {
            ends.push((y(value), line.name, colour));
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP - 20.0;
    for (at, name, colour) in ends {
        let at = at.max(free);
        free = at + 15.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
            WIDTH - RIGHT + 10.0,
            at + 4.0,
            escape(name)
        );
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// The powers of ten around all values.
fn decades(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = bounds(values);
    if !low.is_finite() {
        return (1.0, 10.0);
    }
    let low = 10f64.powf(low.log10().floor());
    (low, 10f64.powf(high.log10().ceil()).max(low * 10.0))
}

fn short(value: f64) -> String {
    match value {
        value if value >= 1e9 => format!("{}G", value / 1e9),
        value if value >= 1e6 => format!("{}M", value / 1e6),
        value if value >= 1e3 => format!("{}k", value / 1e3),
        value if value >= 1.0 => format!("{value:.0}"),
        value => format!("{value:.3}").trim_end_matches('0').to_owned(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
