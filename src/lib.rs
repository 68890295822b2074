//! Metrics for Rust services by annotation.
