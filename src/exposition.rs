//! The text of a scrape: everything the registry holds, with the process and the default `prometheus` registry.

use tallymark_core::registry::{self, Request};

/// Encodes all metrics into one string.
///
/// For an application that serves or stores the text itself. With the feature `prometheus`, the metrics of
/// `prometheus::default_registry()` are part of it; with the feature `process`, those of the process. What is asked for in
/// protobuf, which is not text, comes in text format 0.0.4.
///
/// ```
/// use tallymark::{encode_to_string, registry::Format};
///
/// let text = encode_to_string(Format::OpenMetrics100);
/// assert!(text.ends_with("# EOF\n"));
/// ```
pub fn encode_to_string(request: impl Into<Request>) -> String {
    install();
    registry::encode_to_string(request)
}

/// The same text in pieces, so that no one has to hold it whole.
#[cfg(feature = "exporter")]
pub(crate) fn chunks(request: impl Into<Request>) -> registry::Chunks {
    install();
    registry::chunks(request)
}

/// Makes what is collected from outside part of the registry, once.
pub(crate) fn install() {
    #[cfg(feature = "process")]
    crate::process::expose();
    #[cfg(feature = "prometheus")]
    crate::prometheus_bridge::expose_default();
}
