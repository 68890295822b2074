//! Chunks, compressed.

use super::Coding;
use crate::shared::Source;

/// Compresses what comes from a source, chunk by chunk.
pub(in crate) fn compress(coding: Coding, source: Source) -> Source {
    match coding {
        Coding::Identity => source,
        #[cfg(feature = "gzip")]
        Coding::Gzip => Box::new(Compressed { source, encoder: Some(gzip::encoder()) }),
        #[cfg(feature = "zstd")]
        Coding::Zstd => Box::new(Compressed { source, encoder: zstd::encoder() }),
    }
}

/// Compresses into memory, so its errors are those of having no memory. They leave the stream without its end, which a
/// client notices.
#[cfg(any(feature = "gzip", feature = "zstd"))]
trait Encoder: Sized {
    /// Takes in a chunk. Answers `false` if that has failed.
    fn write(&mut self, chunk: &[u8]) -> bool;

    /// What has come out so far.
    fn take(&mut self) -> Vec<u8>;

    /// The rest.
    fn finish(self) -> Vec<u8>;
}

#[cfg(any(feature = "gzip", feature = "zstd"))]
struct Compressed<E> {
    source: Source,
    /// Until the end.
    encoder: Option<E>,
}

#[cfg(any(feature = "gzip", feature = "zstd"))]
impl<E: Encoder> Iterator for Compressed<E> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let encoder = self.encoder.as_mut()?;
            let chunk = self.source.next();
            let written = chunk.as_deref().is_some_and(|chunk| encoder.write(chunk));
            let over = chunk.is_none() || self.source.size_hint().1 == Some(0);
            if chunk.is_some() && !written {
                self.encoder = None;
                return None;
            }
            if over {
                return self.encoder.take().map(Encoder::finish);
            }
            let compressed = encoder.take();
            if !compressed.is_empty() {
                return Some(compressed);
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.encoder.is_none() { (0, Some(0)) } else { (0, None) }
    }
}

#[cfg(feature = "gzip")]
mod gzip {
    use std::{io::Write, mem};

    use flate2::{Compression, write::GzEncoder};

    /// Expositions repeat themselves so much that more effort saves little.
    const LEVEL: Compression = Compression::new(3);

    pub(super) fn encoder() -> GzEncoder<Vec<u8>> {
        GzEncoder::new(Vec::new(), LEVEL)
    }

    impl super::Encoder for GzEncoder<Vec<u8>> {
        fn write(&mut self, chunk: &[u8]) -> bool {
            self.write_all(chunk).is_ok()
        }

        fn take(&mut self) -> Vec<u8> {
            mem::take(self.get_mut())
        }

        fn finish(self) -> Vec<u8> {
            Self::finish(self).unwrap_or_default()
        }
    }
}

#[cfg(feature = "zstd")]
mod zstd {
    use std::{io::Write, mem};

    use zstd::stream::write::Encoder;

    const LEVEL: i32 = 1;

    pub(super) fn encoder() -> Option<Encoder<'static, Vec<u8>>> {
        Encoder::new(Vec::new(), LEVEL).ok()
    }

    impl super::Encoder for Encoder<'static, Vec<u8>> {
        fn write(&mut self, chunk: &[u8]) -> bool {
            self.write_all(chunk).is_ok()
        }

        fn take(&mut self) -> Vec<u8> {
            mem::take(self.get_mut())
        }

        fn finish(self) -> Vec<u8> {
            Self::finish(self).unwrap_or_default()
        }
    }
}
