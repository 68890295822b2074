//! What is sent: the metrics of the program, compressed if wanted.

use bytes::Bytes;
use http::HeaderValue;
use tallymark_core::registry::{self, Format, Request};

use super::body::Whole;

/// The body of a push.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    bytes: Bytes,
    format: Format,
    compressed: bool,
}

impl Payload {
    /// Encodes all metrics.
    pub(super) fn metrics(format: Format, compress: bool) -> Self {
        let mut bytes = Vec::new();
        registry::encode(format, &mut bytes);
        #[cfg(feature = "gzip")]
        if let Some(bytes) = compress.then(|| gzip(&bytes)).flatten() {
            return Self { bytes: bytes.into(), format, compressed: true };
        }
        #[cfg(not(feature = "gzip"))]
        let _ = compress;
        Self { bytes: bytes.into(), format, compressed: false }
    }

    pub(super) fn body(&self) -> Whole {
        Whole(self.bytes.clone())
    }

    pub(super) fn content_type(&self) -> HeaderValue {
        HeaderValue::from_static(Request::from(self.format).content_type())
    }

    pub(super) fn content_encoding(&self) -> Option<HeaderValue> {
        self.compressed.then(|| HeaderValue::from_static("gzip"))
    }
}

/// Returns `None` if it fails, which takes a lack of memory; then the metrics go as they are.
#[cfg(feature = "gzip")]
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
