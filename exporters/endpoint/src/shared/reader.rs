//! One who reads an encoding.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;

use super::{
    encoding::{Encoding, Found},
    state::FIRST,
};
use crate::work::Work;

/// Reads an encoding from its beginning to its end, or until it is cut off.
pub(in crate) struct Reader {
    encoding: Arc<Encoding>,
    id: u64,
    /// Encoding that this reader has asked for. Other readers do not count on it: it may not come to run.
    work: Option<Work<()>>,
}

impl Reader {
    /// Reads an encoding that was made for this reader.
    pub(super) fn first(encoding: Arc<Encoding>) -> Self {
        Self { encoding, id: FIRST, work: None }
    }

    /// Reads an encoding that was made for another reader, unless it has begun.
    pub(super) fn join(encoding: &Arc<Encoding>) -> Option<Self> {
        encoding.join().map(|id| Self { encoding: Arc::clone(encoding), id, work: None })
    }

    #[cfg(test)]
    pub(super) fn encoding(&self) -> &Arc<Encoding> {
        &self.encoding
    }

    /// Waits until so many bytes can be taken, or all that are left.
    pub(in crate) fn poll_ahead(
        &mut self,
        enough: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.encoding.look(self.id, enough, context.waker()) {
                Found::Enough => return Poll::Ready(Ok(())),
                Found::Busy => return Poll::Pending,
                Found::Idle => {}
                Found::CutOff => return Poll::Ready(Err(cut_off())),
                Found::Failed => return Poll::Ready(Err(io::Error::other("encoding panicked"))),
            }
            let work = self.work.get_or_insert_with(|| {
                let (encoding, id) = (Arc::clone(&self.encoding), self.id);
                Work::start(move || encoding.advance(id, enough))
            });
            let done = ready!(Pin::new(work).poll(context));
            self.work = None;
            done?;
        }
    }

    /// Takes the next chunk.
    pub(in crate) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        match ready!(self.poll_ahead(1, context)) {
            Ok(()) => Poll::Ready(self.encoding.take(self.id).map(Ok)),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }

    /// How many bytes are left, if that is known.
    pub(in crate) fn remaining(&self) -> Option<usize> {
        self.encoding.remaining(self.id)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.encoding.leave(self.id);
    }
}

fn cut_off() -> io::Error {
    let message = "read too slowly for those who read the same scrape";
    io::Error::new(io::ErrorKind::ConnectionAborted, message)
}
