//! The faults by name.

use std::{error::Error, fmt, str::FromStr};

/// Something that goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The providers decline every payment.
    Payments,
    /// The database refuses some statements.
    Database,
    /// The catalog forgets each product before it is looked up.
    Cache,
    /// Reports keep all connections to the database busy.
    Slow,
    /// The program knows a migration that was not applied.
    Migrations,
    /// A metric has a label with a value of its own for each visit.
    Cardinality,
    /// The worker takes no tasks, and more come than it ever has to do at a time.
    Queue,
}

impl Fault {
    /// All of them, in the order of the command line's help.
    pub const ALL: [Self; 7] = [
        Self::Payments,
        Self::Database,
        Self::Cache,
        Self::Slow,
        Self::Migrations,
        Self::Cardinality,
        Self::Queue,
    ];

    /// Returns its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::Slow => "slow",
            Self::Migrations => "migrations",
            Self::Cardinality => "cardinality",
            Self::Queue => "queue",
        }
    }

    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A name that no fault has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Fault::ALL.map(Fault::name).join(", ");
        write!(f, "there is no fault \"{}\"; there are {names}", self.0)
    }
}

impl Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let found = Self::ALL.into_iter().find(|fault| fault.name() == name);
        found.ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_faults() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(fault));
        }
        let error = "paiments".parse::<Fault>().expect_err("no name of a fault");
        let listed = "there is no fault \"paiments\"; there are payments, database, cache, slow, migrations, cardinality, queue";
        assert_eq!(error.to_string(), listed);
    }
}
