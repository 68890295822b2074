//! Gauges that a task refreshes.

use crate::{
    cell::OFF,
    declared::{Element, Elements},
    refresh::Refresh,
};
use std::{fmt, time::Duration};

/// A gauge of the program that is to be refreshed now and then, declared with `#[gauge_refresh]`.
#[derive(Clone, Copy)]
pub struct GaugeRefresh {
    name: &'static str,
    refresh: &'static dyn Refresh,
}

impl GaugeRefresh {
    /// Returns the name with which the gauge was declared.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the time from the end of one refresh to the beginning of the next.
    pub fn every(self) -> Duration {
        self.refresh.every()
    }

    /// Returns how long a refresh may take. The caller of [`refresh`](Self::refresh) enforces it.
    pub fn timeout(self) -> Duration {
        self.refresh.timeout()
    }

    /// Fetches the values, and shows them from then on. Returns `false` if there was an error. Then, and if the future is dropped
    /// before it is ready, the values stay as they are.
    pub async fn refresh(self) -> bool {
        self.refresh.refresh().await
    }
}

impl fmt::Debug for GaugeRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GaugeRefresh")
            .field("name", &self.name)
            .field("every", &self.every())
            .finish_non_exhaustive()
    }
}

/// Returns all gauges that are to be refreshed now and then, sorted by name: for what runs tasks, such as
/// `tallymark_tokio::refresh_gauges`.
pub fn gauge_refreshes() -> Vec<GaugeRefresh> {
    if OFF {
        return Vec::new();
    }
    let lists = Elements::global().lists(0);
    let entries = lists.into_iter().flatten().flat_map(Element::entries);
    let mut refreshes: Vec<GaugeRefresh> = entries
        .filter_map(|entry| {
            Some(GaugeRefresh { name: entry.descriptor.name, refresh: entry.metric.as_refresh()? })
        })
        .collect();
    refreshes.sort_by_key(|refresh| refresh.name);
    refreshes
}
