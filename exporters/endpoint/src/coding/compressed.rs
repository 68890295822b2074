//! The state of a compressed response.

use std::io;
#[cfg(any(feature = "gzip", feature = "zstd"))]
use std::{io::Write, mem};

use super::Coding;

/// Expositions repeat themselves so much that more effort saves little.
#[cfg(feature = "gzip")]
const GZIP_LEVEL: flate2::Compression = flate2::Compression::new(3);

#[cfg(feature = "zstd")]
const ZSTD_LEVEL: i32 = 1;

/// Codes the body of one response, chunk by chunk.
pub(in crate) enum Compressor {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Compressor {
    /// # Errors
    ///
    /// If zstd gets no memory.
    pub(in crate) fn new(coding: Coding) -> io::Result<Self> {
        Ok(match coding {
            Coding::Identity => Self::Identity,
            #[cfg(feature = "gzip")]
            Coding::Gzip => Self::Gzip(flate2::write::GzEncoder::new(Vec::new(), GZIP_LEVEL)),
            #[cfg(feature = "zstd")]
            Coding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
        })
    }

    /// Takes in a chunk. Returns the coded bytes that are ready, which may be none.
    #[cfg_attr(
        not(any(feature = "gzip", feature = "zstd")),
        allow(clippy::unnecessary_wraps, reason = "compression can fail")
    )]
    pub(in crate) fn write(&mut self, chunk: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(chunk),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.write_all(&chunk).map(|()| mem::take(encoder.get_mut())),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.write_all(&chunk).map(|()| mem::take(encoder.get_mut())),
        }
    }

    /// Returns the end of the coded bytes.
    #[cfg_attr(
        not(any(feature = "gzip", feature = "zstd")),
        allow(clippy::unnecessary_wraps, clippy::needless_pass_by_ref_mut, reason = "compression changes and can fail")
    )]
    pub(in crate) fn finish(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(Vec::new()),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.try_finish().map(|()| mem::take(encoder.get_mut())),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.do_finish().map(|()| mem::take(encoder.get_mut())),
        }
    }
}
