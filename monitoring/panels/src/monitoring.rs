//! The panels, alerts, recording rules and objectives of a program.

use crate::{Alert, Board, Objective, Panel, QueryError, Recording};

/// The panels, alerts, recording rules and objectives of a program.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Monitoring {
    /// Pages of panels: the overview first.
    pub boards: Vec<Board>,
    /// Alerts, those of objectives not among them.
    pub alerts: Vec<Alert>,
    /// Recording rules, those of objectives not among them.
    pub recordings: Vec<Recording>,
    /// Objectives.
    pub objectives: Vec<Objective>,
}

impl Monitoring {
    /// Adds a page with a panel for each objective after the overview, unless there is one or there are no objectives.
    ///
    /// # Errors
    ///
    /// Those of the constructors of [`Objective`], which have been returned there.
    pub fn add_objectives_board(&mut self) -> Result<(), QueryError> {
        let panels: Vec<Panel> = self.objectives.iter().map(Objective::panel).collect::<Result<_, _>>()?;
        if !panels.is_empty() && self.board("objectives").is_none() {
            let board = Board::new("objectives", "Objectives").row("Errors", panels);
            self.boards.insert(self.boards.len().min(1), board);
        }
        Ok(())
    }

    /// Returns the page with this slug.
    pub fn board(&self, slug: &str) -> Option<&Board> {
        self.boards.iter().find(|board| board.slug == slug)
    }
}
