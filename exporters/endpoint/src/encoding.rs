//! One exposition, encoded and coded batch by batch.

use std::io;

use bytes::Bytes;
use tallymark_core::registry::Request;

use super::{
    coding::{Coding, Compressor},
    source::Source,
};

/// The text of an exposition, piece by piece. Its size hint has an upper limit of zero once there is no more.
type Chunks = Box<dyn Iterator<Item = Vec<u8>> + Send>;

/// What is left of an exposition. It holds no lock between two batches, so it can wait for a slow client.
pub(super) struct Encoding {
    /// Until the end.
    rest: Option<(Chunks, Compressor)>,
}

impl Encoding {
    /// Nothing is read before the first batch is asked for.
    pub(super) fn new(source: Source, request: Request, coding: Coding) -> io::Result<Self> {
        Self::of(source.chunks(request), coding)
    }

    /// Encodes these chunks.
    pub(super) fn of(
        chunks: impl Iterator<Item = Vec<u8>> + Send + 'static,
        coding: Coding,
    ) -> io::Result<Self> {
        Ok(Self { rest: Some((Box::new(chunks), Compressor::new(coding)?)) })
    }

    /// Whether all was returned.
    pub(super) fn is_over(&self) -> bool {
        self.rest.is_none()
    }

    /// Returns the next chunks, `enough` bytes or a little more; fewer only at the end.
    pub(super) fn next_batch(&mut self, enough: usize) -> io::Result<Vec<Bytes>> {
        let mut batch = Vec::new();
        let mut length = 0;
        while length < enough {
            let Some((chunks, compressor)) = &mut self.rest else { break };
            let chunk = chunks.next();
            let over = chunk.is_none() || chunks.size_hint().1 == Some(0);
            let coded = chunk.map_or_else(|| Ok(Vec::new()), |chunk| compressor.write(chunk))?;
            let end = if over { compressor.finish()? } else { Vec::new() };
            if over {
                self.rest = None;
            }
            for bytes in [coded, end].into_iter().filter(|bytes| !bytes.is_empty()) {
                length += bytes.len();
                batch.push(Bytes::from(bytes));
            }
        }
        Ok(batch)
    }
}
