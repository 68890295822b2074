//! The shapes of functions that `#[timed]` takes, in the previous edition.

#[path = "../../timed_shapes.rs"]
mod shapes;
