//! What is sent: the metrics of the program, compressed if wanted.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::HeaderValue;
use http_body::{Frame, SizeHint};
use tallymark_core::registry::{self, Format, Request};

/// The body of a push, or of a request without one.
#[derive(Clone, Debug, Default)]
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

impl http_body::Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
