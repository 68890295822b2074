//! What is declared in a program: elements that the linker found, and those that were registered while it runs.

mod annotations;
mod assign;
mod element;
mod elements;

#[cfg_attr(
    all(
        not(miri),
        any(
            target_os = "linux",
            target_os = "macos",
            target_os = "ios",
            target_os = "tvos",
            target_os = "windows",
            target_os = "android",
            target_os = "fuchsia",
            target_os = "illumos",
            target_os = "freebsd",
            target_os = "openbsd",
        )
    ),
    path = "linked.rs"
)]
#[cfg_attr(
    not(all(
        not(miri),
        any(
            target_os = "linux",
            target_os = "macos",
            target_os = "ios",
            target_os = "tvos",
            target_os = "windows",
            target_os = "android",
            target_os = "fuchsia",
            target_os = "illumos",
            target_os = "freebsd",
            target_os = "openbsd",
        )
    )),
    path = "unlinked.rs"
)]
pub(crate) mod slice;

pub(crate) use annotations::latency_fault;
pub use annotations::{
    Alert, Annotations, Errors, Objective, Panel, check_condition, check_counter, check_edge, check_labels,
    check_reachable, panel_unit,
};
pub(crate) use assign::assign_declared;
pub use element::{Declared, Element, Entry};
pub(crate) use elements::{Elements, FromElements, used};
