//! `benches/results/growth.tsv` keeps what the long version measured; the table in RESULTS.md and the picture are made from it.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use tallymark_benches::harness::machine;

use crate::{
    cost::Cost,
    fit::{self, RULE},
    subject::Subject,
};

/// What a subject's parts cost at each size.
pub type Sizes = Vec<(usize, Vec<Cost>)>;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn save(name: &str, text: &str) -> Result<(), String> {
    let path = home().join(name);
    fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Replaces what is kept of the subjects that were measured, and makes the table and the picture again.
pub fn keep(subjects: &[Subject], measured: &[(&Subject, Sizes)]) -> Result<(), String> {
    let old = fs::read_to_string(home().join("results/growth.tsv")).unwrap_or_default();
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in old.lines() {
        let name = line.split('\t').next().unwrap_or_default();
        lines.entry(name).or_default().push(line.to_owned());
    }
    let taken = format!("{}, load {}", machine::date(), machine::load());
    for (subject, sizes) in measured {
        let new = lines.entry(subject.name).or_default();
        new.clear();
        for (size, costs) in sizes {
            for Cost { part, counted, ns } in costs {
                let counted = counted.map_or(String::new(), |counted| counted.to_string());
                new.push(format!("{}\t{part}\t{size}\t{counted}\t{ns}\t{taken}", subject.name));
            }
        }
    }
    let mut text = "subject\tpart\tsize\tinstructions\tns\ttaken\n".to_owned();
    let all: Vec<Part<'_>> =
        subjects.iter().flat_map(|subject| parts(subject, lines.get(subject.name))).collect();
    for line in subjects.iter().filter_map(|subject| lines.get(subject.name)).flatten() {
        let _ = writeln!(text, "{line}");
    }
    save("results/growth.tsv", &text)?;
    save("text/growth.md", &table(subjects, &all))?;
    save("plots/growth.svg", &plot(&all))
}

/// One part of a subject, over all sizes.
struct Part<'a> {
    subject: &'a Subject,
    name: String,
    counted: Vec<(f64, f64)>,
    ns: Vec<(f64, f64)>,
}

fn parts<'a>(subject: &'a Subject, lines: Option<&Vec<String>>) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for line in lines.into_iter().flatten() {
        let mut fields = line.split('\t').skip(1);
        let Some(name) = fields.next() else { continue };
        let mut number = || fields.next()?.parse::<f64>().ok();
        let (Some(size), counted, Some(ns)) = (number(), number(), number()) else { continue };
        let at = parts.iter().position(|part| part.name == name).unwrap_or_else(|| {
            parts.push(Part { subject, name: name.to_owned(), counted: Vec::new(), ns: Vec::new() });
            parts.len() - 1
        });
        if let Some(part) = parts.get_mut(at) {
            part.counted.extend(counted.map(|counted| (size, counted)));
            part.ns.push((size, ns));
        }
    }
    parts
}

/// The part of each subject that grows fastest.
fn table(subjects: &[Subject], all: &[Part<'_>]) -> String {
    let mut text = format!(
        "The long version, the part of each subject that grows fastest; all parts are in `results/growth.tsv`, with\n\
         date and load. {}.\n\n\
         ![How costs grow](../plots/growth.svg)\n\n\
         | of | parts | the fastest | instructions for each | exponent | at the end | ns of processor for each | of time, at the end | rule |\n\
         |---|---:|---|---:|---:|---:|---:|---:|---:|\n",
        machine::describe()
    );
    for subject in subjects {
        let of: Vec<&Part<'_>> = all.iter().filter(|part| part.subject.name == subject.name).collect();
        let exponents = |part: &Part<'_>| {
            (fit::exponent(&part.counted).unwrap_or(0.0), fit::last(&part.counted).unwrap_or(0.0))
        };
        let greatest = |part: &Part<'_>| exponents(part).0.max(exponents(part).1);
        let Some(worst) = of.iter().max_by(|a, b| greatest(a).total_cmp(&greatest(b))) else { continue };
        let each = |points: &[(f64, f64)]| points.last().map_or(0.0, |(size, cost)| cost / size);
        let (all, last) = exponents(worst);
        let most = worst.ns.last().map_or(0.0, |(size, _)| *size);
        let over = if greatest(worst) > RULE { "**over** " } else { "≤ " };
        let _ = writeln!(
            text,
            "| {most} {} | {} | {} | {:.0} | {all:.2} | {last:.2} | {:.0} | {:.2} | {over}{RULE} |",
            subject.of,
            of.len(),
            worst.name,
            each(&worst.counted),
            each(&worst.ns),
            fit::last(&worst.ns).unwrap_or(0.0),
        );
    }
    text
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 460.0;
const MARGIN: f64 = 60.0;

/// The processor time for each of what there are, beside that at the least size: level if the cost grows as the size does.
fn plot(all: &[Part<'_>]) -> String {
    let (low, high, least, most) = (0.001_f64, 10.0_f64, 10.0_f64, 1e6_f64);
    let along = |value: f64, from: f64, to: f64| (value / from).ln() / (to / from).ln();
    let x = |size: f64| MARGIN + along(size, least, most) * (WIDTH - 2.0 * MARGIN);
    let y = |ratio: f64| HEIGHT - MARGIN - along(ratio.clamp(low, high), low, high) * (HEIGHT - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"24\" font-size=\"15\" font-weight=\"bold\">Processor time for each, beside that at the least size: {} parts</text>\n",
        all.len()
    );
    for ratio in [0.001, 0.01, 0.1, 1.0, 10.0] {
        let (from, to, at) = (x(least), x(most), y(ratio));
        let _ = writeln!(
            svg,
            "<line x1=\"{from:.1}\" x2=\"{to:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{ratio}</text>",
            from - 6.0,
            at + 4.0,
        );
    }
    for size in [10.0, 100.0, 1e3, 1e4, 1e5, 1e6] {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{size}</text>",
            x(size),
            HEIGHT - MARGIN + 18.0,
        );
    }
    // What grows with the square would be as steep as this.
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\">a square</text>",
        x(1e4),
        x(1e5),
        y(1.0),
        y(10.0),
        x(1e5) + 6.0,
        y(10.0) + 4.0,
    );
    for part in all {
        let Some((size, ns)) = part.ns.iter().find(|(_, ns)| *ns > 0.0) else { continue };
        let first = ns / size;
        let points: Vec<String> = part
            .ns
            .iter()
            .filter(|(_, ns)| *ns > 0.0)
            .map(|(size, ns)| format!("{:.1},{:.1}", x(*size), y(ns / size / first)))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#1f77b4\" stroke-opacity=\"0.35\"><title>{}: {}</title></polyline>",
            points.join(" "),
            part.subject.name,
            part.name.replace('&', "&amp;").replace('<', "&lt;"),
        );
    }
    svg.push_str("</svg>\n");
    svg
}
