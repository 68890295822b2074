//! The panels, alerts, recording rules and objectives of a program.

use crate::{Alert, Board, Objective, Panel, QueryError, Recording};

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
