//! What is done with the series of a metric: finding and creating them, showing, removing and expiring them.
//!
//! A label set whose every value is closed has a known number of combinations: their slots lie in a row, and finding
//! one is arithmetic. Any other label set is looked up in an [`Interned`](crate::series::Interned) table.

mod expire;
mod labelled;
mod remove;
mod typed;
mod view;
mod visit;

pub use labelled::{LabelCountError, LabelNamesError, Labellable, Labelled, Varied};
pub(crate) use labelled::{Parts, SeriesSlot, SeriesStore, Settings};
pub(crate) use typed::Series;
pub(crate) use view::View;
pub(crate) use visit::SeriesDetails;
