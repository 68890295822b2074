//! The checklist of what a monitored program should have.

use super::input::Input;
use std::fmt;
use tallymark_core::Kind;

/// Something that a monitored program should have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecklistItem {
    /// The title of the item.
    pub title: String,
    /// Whether the program has it.
    pub state: ItemState,
}

/// Whether a program has an item of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ItemState {
    /// The program has it.
    Done,
    /// The program does not have it.
    Missing,
    /// The metrics do not show whether the program has it.
    Unknown,
}

impl fmt::Display for ChecklistItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.state {
            ItemState::Done => 'x',
            ItemState::Missing => ' ',
            ItemState::Unknown => '?',
        };
        write!(f, "- [{mark}] {}", self.title)
    }
}

pub(super) fn items(input: &Input) -> Vec<ChecklistItem> {
    let families = input.catalogue.families();
    let any = |wanted: &[&str]| {
        families.iter().any(|family| {
            wanted.iter().any(|name| {
                let prefix = family.name.strip_suffix(name);
                prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
            })
        })
    };
    let own: Vec<_> = families
        .iter()
        .filter(|family| family.place.is_some_and(|place| !place.package.starts_with("tallymark")))
        .collect();
    let in_namespace = own.iter().filter(|family| {
        family.place.is_some_and(|place| {
            let package = place.package.replace('-', "_");
            family.name.starts_with(&format!("{package}_")) || family.name != family.base_name
        })
    });
    let all_in_namespace = in_namespace.count() == own.len();
    let state = |done: bool| if done { ItemState::Done } else { ItemState::Missing };
    let live = |done: bool| if input.is_live { state(done) } else { ItemState::Unknown };
    let item = |title: &str, state| ChecklistItem { title: title.to_owned(), state };
    vec![
        item(
            "Requests are measured",
            state(any(&["http_requests_total", "django_http_responses_total_by_status_total"])),
        ),
        item("Statements are measured", state(any(&["db_queries_total", "django_db_execute_total"]))),
        item("Pools are measured", state(any(&["db_pool_connections"]))),
        item(
            "Migrations are counted",
            state(any(&["db_migrations_pending", "django_migrations_unapplied_total"])),
        ),
        item("Caches are measured", state(any(&["cache_gets_total", "django_cache_get_total"]))),
        item("Models are counted", live(input.catalogue.models() > 0)),
        item("Functions are measured", live(input.catalogue.functions() > 0)),
        item("The process is measured", state(any(&["process_resident_memory_bytes"]))),
        item("The application has metrics of its own", live(!own.is_empty())),
        item("Its metrics are in a namespace", live(all_in_namespace && !own.is_empty())),
        item("Its durations are histograms", live(own.iter().any(|family| family.kind == Kind::Histogram))),
        item(
            "The endpoint asks who reads it",
            input.endpoint.as_ref().map_or(ItemState::Unknown, |endpoint| state(endpoint.guarded)),
        ),
    ]
}
