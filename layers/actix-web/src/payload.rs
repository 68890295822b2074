//! Bodies of requests.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
};
use bytes::Bytes;
use futures_core::Stream;
use tallymark_core::HistogramHandle;

/// Counts the bytes of a request's body as they are read.
pub(crate) fn count(request: &mut ServiceRequest, sizes: HistogramHandle) {
    match request.take_payload() {
        Payload::None => sizes.observe(0.0),
        payload => {
            let payload: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Counted { payload, bytes: 0, sizes });
            request.set_payload(Payload::Stream { payload });
        }
    }
}

struct Counted {
    payload: Payload,
    bytes: u64,
    sizes: HistogramHandle,
}

impl Stream for Counted {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.payload).poll_next(context));
        if let Some(Ok(bytes)) = &item {
            self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.payload.size_hint()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.sizes.observe(self.bytes as f64);
    }
}
