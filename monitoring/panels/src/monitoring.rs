//! The panels, alerts, recording rules and objectives of a program.

use crate::{Alert, Board, Objective, Panel, QueryError, Recording};
use std::{error::Error, fmt};
use tallymark_core::Place;

/// The panels, alerts, recording rules and objectives of a program.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Monitoring {
    /// Boards of panels, the overview first.
    pub boards: Vec<Board>,
    /// Alerts, without those of objectives.
    pub alerts: Vec<Alert>,
    /// Recording rules, without those of objectives.
    pub recordings: Vec<Recording>,
    /// Objectives.
    pub objectives: Vec<Objective>,
    /// Alerts and objectives of annotations that cannot be written as queries, for instance because they name a value that a
    /// closed label never has.
    pub faults: Vec<AnnotationFault>,
}

/// An alert or an objective of an annotation that cannot be written as a query.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AnnotationFault {
    /// What it is, with its name: ``alert `PaymentFailureSpike` ``.
    pub what: String,
    /// The family that is annotated.
    pub family: String,
    /// Where the family was declared.
    pub place: Option<Place>,
    /// Why.
    pub source: QueryError,
}

impl fmt::Display for AnnotationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of `{}`", self.what, self.family)?;
        if let Some(place) = &self.place {
            write!(f, ", declared at {place},")?;
        }
        f.write_str(" cannot be written as a query")
    }
}

impl Error for AnnotationFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl Monitoring {
    /// Adds a board with a panel for each objective after the overview, unless it exists or there are no objectives.
    ///
    /// # Errors
    ///
    /// None for an objective that one of the constructors of [`Objective`] has returned: they check the same queries.
    pub fn add_objectives_board(&mut self) -> Result<(), QueryError> {
        let panels: Vec<Panel> = self.objectives.iter().map(Objective::panel).collect::<Result<_, _>>()?;
        if !panels.is_empty() && self.board("objectives").is_none() {
            let board = Board::new("objectives", "Objectives").row("Errors", panels);
            self.boards.insert(self.boards.len().min(1), board);
        }
        Ok(())
    }

    /// Returns the board with this slug.
    pub fn board(&self, slug: &str) -> Option<&Board> {
        self.boards.iter().find(|board| board.slug == slug)
    }
}
