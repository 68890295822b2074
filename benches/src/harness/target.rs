//! What a scenario aims at. Missing it fails nothing; it is written beside the table.

/// What a row is compared with.
#[derive(Clone, Copy, Debug)]
pub enum Against {
    /// The best row of class peer.
    BestPeer,
    /// A row by its name.
    Row(&'static str),
}

/// The condition.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The other row's value is at least this many times ours.
    Times(f64, Against),
    /// Ours is at most this many times the other row's value.
    Within(f64, Against),
    /// Ours is at most this.
    AtMost(f64),
}

/// One aim.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Which row; none for `tallymark`.
    pub row: Option<&'static str>,
    /// Which column; none for the one that is compared.
    pub column: Option<usize>,
    /// What is wanted of it.
    pub condition: Condition,
}

impl Target {
    /// At least so many times better than another row.
    pub const fn times(factor: f64, against: Against) -> Self {
        Self { row: None, column: None, condition: Condition::Times(factor, against) }
    }

    /// At most so many times another row.
    pub const fn within(factor: f64, against: Against) -> Self {
        Self { row: None, column: None, condition: Condition::Within(factor, against) }
    }

    /// At most this.
    pub const fn at_most(value: f64) -> Self {
        Self { row: None, column: None, condition: Condition::AtMost(value) }
    }

    /// The same for another row.
    pub const fn of(mut self, row: &'static str) -> Self {
        self.row = Some(row);
        self
    }

    /// The same for another column.
    pub const fn in_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }
}
