//! HTTP requests, measured by a tower layer.
