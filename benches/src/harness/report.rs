//! What a measurement found, as it travels between processes and is kept in `benches/results/`.
//!
//! Lines of tab-separated fields: class, row, measure, and the values with blanks between them.

use std::fmt::Write;

use super::contender::Class;

/// Everything measured of one quantity.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Which quantity.
    pub name: String,
    /// All values, from every round and process.
    pub values: Vec<f64>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it stands for.
    pub class: Class,
    /// Its name.
    pub name: String,
    /// What was measured of it.
    pub measures: Vec<Measure>,
}

impl Row {
    /// A row of single values.
    pub fn of(class: Class, name: &str, values: &[(&str, f64)]) -> Self {
        let measures = values
            .iter()
            .map(|&(name, value)| Measure { name: name.to_owned(), values: vec![value] })
            .collect();
        Self { class, name: name.to_owned(), measures }
    }

    /// The values of one measure; none if it was not taken.
    pub fn values(&self, measure: &str) -> &[f64] {
        self.measures.iter().find(|found| found.name == measure).map_or(&[], |found| &found.values)
    }
}

/// All rows of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The rows, in the order in which they were first seen.
    pub rows: Vec<Row>,
}

impl Report {
    /// Adds what another process found.
    pub fn merge(&mut self, other: Self) {
        for row in other.rows {
            match self.rows.iter_mut().find(|mine| mine.name == row.name && mine.class == row.class) {
                None => self.rows.push(row),
                Some(mine) => {
                    for measure in row.measures {
                        match mine.measures.iter_mut().find(|known| known.name == measure.name) {
                            None => mine.measures.push(measure),
                            Some(known) => known.values.extend(measure.values),
                        }
                    }
                }
            }
        }
    }

    /// The row with this name.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// As lines.
    pub fn to_lines(&self) -> String {
        let mut lines = String::new();
        for row in &self.rows {
            for measure in &row.measures {
                let _ = write!(lines, "{}\t{}\t{}\t", row.class.word(), row.name, measure.name);
                for (index, value) in measure.values.iter().enumerate() {
                    let _ = write!(lines, "{}{value:.6}", if index == 0 { "" } else { " " });
                }
                lines.push('\n');
            }
        }
        lines
    }

    /// From lines; others than its own are passed over, since a library may have printed something.
    pub fn from_lines(lines: &str) -> Self {
        let mut report = Self::default();
        for line in lines.lines() {
            let fields: Vec<_> = line.split('\t').collect();
            let [class, name, measure, values] = fields[..] else { continue };
            let Some(class) = Class::parse(class) else { continue };
            let values = values.split(' ').filter_map(|value| value.parse().ok()).collect();
            let measures = vec![Measure { name: measure.to_owned(), values }];
            report.merge(Self { rows: vec![Row { class, name: name.to_owned(), measures }] });
        }
        report
    }
}
