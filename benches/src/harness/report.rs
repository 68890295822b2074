//! What a measurement found, as it travels between processes and is kept in `benches/results/`.
//!
//! Lines of tab-separated fields: class, row, measure, and the values with blanks between them.

use std::fmt::Write;

use super::contender::Class;

/// The measure that [`Report::subtract`] adds.
pub const BEYOND: &str = "beyond";

/// Everything measured of one quantity.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Which quantity.
    pub name: String,
    /// All values, from every round and process.
    pub values: Vec<f64>,
}

/// What one subject measured: names of measures and their values.
pub type Measures = Vec<(&'static str, Vec<f64>)>;

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

    /// Adds to each other row how many nanoseconds it took beyond this one, round by round: what slowed both down then
    /// is left out.
    ///
    /// # Errors
    ///
    /// A sentence, if there is no such row.
    pub fn subtract(&mut self, alone: &str) -> Result<(), String> {
        let row = self.row(alone).ok_or_else(|| format!("no row {alone}"))?;
        let base = row.values("ns").to_vec();
        for row in self.rows.iter_mut().filter(|row| row.name != alone) {
            let values = row.values("ns").iter().zip(&base).map(|(whole, base)| whole - base).collect();
            row.measures.push(Measure { name: BEYOND.to_owned(), values });
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_a_row_is_taken_round_by_round() {
        let lines = "limit\talone\tns\t10 20 30\nours\tlayered\tns\t15 26 37\n";
        let mut report = Report::from_lines(lines);
        assert_eq!(report.subtract("alone"), Ok(()));
        let found = |row: &str| report.row(row).map(|row| row.values(BEYOND).to_vec());
        assert_eq!(found("layered"), Some(vec![5.0, 6.0, 7.0]));
        assert_eq!(found("alone"), Some(Vec::new()));
        assert!(report.subtract("another").is_err());
    }
}
