//! What is there to see of this program, and when does somebody have to look?

mod alert;
mod catalogue;
mod history;
mod monitoring;
mod objective;
mod panel;
mod query;
mod rules;

pub use alert::{Alert, Recording, Severity};
pub use catalogue::Catalogue;
pub use history::{History, Sampled};
pub use monitoring::Monitoring;
pub use objective::Objective;
pub use panel::{Board, Level, Panel, PanelKind, Row, Target, Threshold, Unit};
pub use query::{Comparison, ExampleError, ExampleSeries, PromDuration, PromQl, Query, QueryError, Selector, Window};
