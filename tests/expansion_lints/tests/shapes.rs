//! The shapes of functions that `#[timed]` takes, in the previous edition.

#[path = "../../timed_shapes/main.rs"]
mod shapes;
