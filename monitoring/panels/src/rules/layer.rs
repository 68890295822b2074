//! A layer, and what its panels and alerts are made with.

use crate::{Alert, Catalogue, Panel, QueryError, Row, Selector, Window};

/// The families of one layer in one namespace.
pub(super) struct Scope<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// The namespace with its `_`, or nothing.
    pub(super) prefix: &'a str,
}

impl Scope<'_> {
    /// Returns a selector of all series of a family of the layer, by its name without the namespace.
    pub(super) fn all(&self, name: &str) -> Result<Selector, QueryError> {
        self.catalogue.get(&format!("{}{name}", self.prefix)).map(Selector::new)
    }
}

/// A layer: how it is recognized, and which panels and alerts it has.
pub(super) struct Layer {
    pub(super) slug: &'static str,
    pub(super) title: &'static str,
    /// Families of which any one shows that the program has the layer.
    pub(super) signs: &'static [&'static str],
    /// Prefixes of the names of its families, after the namespace.
    pub(super) stems: &'static [&'static str],
    pub(super) rows: fn(&Scope<'_>) -> Vec<Row>,
    pub(super) alerts: fn(&Scope<'_>) -> Vec<Alert>,
    /// Returns whether the program uses the layer: a family of functions or models is declared before there is any.
    pub(super) wanted: fn(&Catalogue) -> bool,
}

/// The window of rates in alerts.
pub(super) const FIVE_MINUTES: Window = Window::minutes(5);

/// Returns a row of the panels whose families are declared.
pub(super) fn row<const N: usize>(title: &str, panels: [Result<Panel, QueryError>; N]) -> Row {
    Row { title: title.to_owned(), panels: panels.into_iter().flatten().collect() }
}

/// Returns the alerts whose families are declared.
pub(super) fn alerts<const N: usize>(alerts: [Result<Alert, QueryError>; N]) -> Vec<Alert> {
    alerts.into_iter().flatten().collect()
}

/// Returns `true`, for a layer that is in use whenever one of its families is declared.
pub(super) fn always(_: &Catalogue) -> bool {
    true
}

/// Returns `limit`, or the last but one bound if `limit` is not below the last one: no quantile exceeds the last bound, so an
/// alert with that limit would never fire.
pub(super) fn reachable(histogram: &Selector, limit: f64) -> f64 {
    let bounds = &histogram.family().bounds;
    match bounds.as_slice() {
        [.., before, last] if *last <= limit => *before,
        _ => limit,
    }
}
