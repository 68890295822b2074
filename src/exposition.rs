//! The text of a scrape: everything the registry holds, with the process and the default `prometheus` registry.

use tallymark_core::registry::{self, Format};

/// Encodes all metrics into one string.
///
/// For an application that serves or stores the text itself. With the feature `prometheus`, the metrics of
/// `prometheus::default_registry()` are part of it; with the feature `process`, those of the process.
///
/// ```
/// use tallymark::{encode_to_string, registry::Format};
///
/// let text = encode_to_string(Format::OpenMetrics100);
/// assert!(text.ends_with("# EOF\n"));
/// ```
pub fn encode_to_string(format: Format) -> String {
    install();
    let mut bytes = Vec::new();
    registry::encode(format, &mut bytes);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The same text in pieces, so that no one has to hold it whole.
#[cfg(feature = "exporter")]
pub(crate) fn chunks(format: Format) -> registry::Chunks {
    install();
    registry::chunks(format)
}

/// Makes what is collected from outside part of the registry, once.
pub(crate) fn install() {
    #[cfg(feature = "process")]
    crate::process::expose();
    #[cfg(feature = "prometheus")]
    crate::prometheus_bridge::expose_default();
}
