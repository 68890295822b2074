//! One table: what is measured, how, what is shown of it, and what was aimed at.

use super::{
    contender::{Class, Contender},
    pair::Pair,
    report::{Measure, Measures, Report},
    round::Effort,
    target::Target,
};

/// How many values become one.
#[derive(Clone, Copy, Debug)]
pub enum Reduce {
    /// The least: on a shared machine noise only adds.
    Least,
    /// The median: where threads contend, a stall of one lets the other run alone, so the least is too good.
    Median,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The heading.
    pub title: &'static str,
    /// The measure it is taken from.
    pub measure: &'static str,
    /// How.
    pub reduce: Reduce,
}

impl Column {
    /// The least of a measure.
    pub const fn least(title: &'static str, measure: &'static str) -> Self {
        Self { title, measure, reduce: Reduce::Least }
    }

    /// The median of a measure.
    pub const fn median(title: &'static str, measure: &'static str) -> Self {
        Self { title, measure, reduce: Reduce::Median }
    }

    /// The column's value; `NaN` where nothing was measured.
    pub fn of(&self, values: &[f64]) -> f64 {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        match self.reduce {
            Reduce::Least => sorted.first().copied().unwrap_or(f64::NAN),
            Reduce::Median => sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN),
        }
    }
}

/// What [`round::measure`](super::round::measure) reports.
pub const LOOP_COLUMNS: &[Column] = &[Column::least("min ns/op", "ns"), Column::median("median", "ns")];

/// A row that is measured in a process of its own.
pub struct Subject {
    /// What the row stands for.
    pub class: Class,
    /// Its name.
    pub name: &'static str,
    /// Names this part of the row, where several processes measure one row.
    pub part: String,
    /// Measures it.
    pub run: Box<dyn FnOnce(Effort) -> Result<Measures, String>>,
}

impl Subject {
    /// A row.
    pub fn new(
        class: Class,
        name: &'static str,
        run: impl FnOnce(Effort) -> Result<Measures, String> + 'static,
    ) -> Self {
        Self { class, name, part: String::new(), run: Box::new(run) }
    }

    /// The same, as one part of its row.
    pub fn part(mut self, part: impl ToString) -> Self {
        self.part = part.to_string();
        self
    }

    /// What tells it from all others.
    pub fn key(&self) -> String {
        format!("{}@{}", self.name, self.part)
    }

    /// Measures it and makes a report of one row.
    ///
    /// # Errors
    ///
    /// What the subject says, if it counted wrong.
    pub fn report(self, effort: Effort) -> Result<Report, String> {
        let found = (self.run)(effort).map_err(|reason| format!("{}: {reason}", self.name))?;
        let measures =
            found.into_iter().map(|(name, values)| Measure { name: name.to_owned(), values }).collect();
        Ok(Report {
            rows: vec![super::report::Row { class: self.class, name: self.name.to_owned(), measures }],
        })
    }
}

/// How rows are measured.
pub enum Method {
    /// In loops, all in one process, interleaved round by round.
    Loop {
        /// The number of threads that run each batch at the same time.
        workers: usize,
        /// The rows.
        contenders: fn() -> Vec<Contender>,
    },
    /// In loops of one thread, for what is put around something else: rows also have what they took
    /// [beyond](super::report::BEYOND) that thing alone.
    Beyond {
        /// The row of that thing.
        alone: &'static str,
        /// The rows, that one included.
        contenders: fn() -> Vec<Contender>,
    },
    /// Each in a process of its own.
    Apart(fn() -> Vec<Subject>),
    /// One operation beside another, each pair in a process of its own.
    Pairs(fn() -> Vec<Pair>),
    /// By tools or processes that the scenario starts itself.
    Whole(fn(Effort) -> Result<Report, String>),
}

/// What is drawn beside a table.
pub type Draw = fn(&Report) -> String;

/// One table.
pub struct Scenario {
    /// The name on the command line and of the file in `benches/results/`.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What is counted as one operation, and what to keep in mind.
    pub note: &'static str,
    /// The columns.
    pub columns: &'static [Column],
    /// Which column is compared.
    pub key: usize,
    /// The row that shows what the machine allows.
    pub limit: Option<&'static str>,
    /// How.
    pub method: Method,
    /// The most processes that measure a row, where more would tell nothing new.
    pub processes: u32,
    /// What was aimed at.
    pub targets: Vec<Target>,
    /// A picture of the results.
    pub plot: Option<Draw>,
}

impl Scenario {
    /// The keys of all rows that run in processes of their own.
    pub fn subjects(&self) -> Vec<String> {
        match self.method {
            Method::Apart(subjects) => subjects().into_iter().map(|subject| subject.key()).collect(),
            Method::Pairs(pairs) => pairs().into_iter().map(|pair| pair.observed.name.to_owned()).collect(),
            Method::Loop { .. } | Method::Beyond { .. } | Method::Whole(_) => Vec::new(),
        }
    }

    /// The rows that can run alone, so many operations.
    pub fn contenders(&self) -> Vec<Contender> {
        match self.method {
            Method::Loop { contenders, .. } | Method::Beyond { contenders, .. } => contenders(),
            Method::Pairs(pairs) => {
                pairs().into_iter().flat_map(|pair| [pair.plain, pair.observed]).collect()
            }
            Method::Apart(_) | Method::Whole(_) => Vec::new(),
        }
    }
}
