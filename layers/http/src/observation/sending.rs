//! The time while a response is being sent.

use tallymark_core::LabelSet;

use super::{open::Open, reply::Reply};
use crate::{
    current::{self, LayerId, OnPanic, PanicGuard},
    label::{ErrorLabel, GrpcStatus},
};

/// No body has this length.
const UNKNOWN: u64 = u64::MAX;

/// A response whose body is being sent. Dropped before it ended, it was given up.
pub struct Sending<L: LabelSet + 'static> {
    open: Option<Open<L>>,
    bytes: u64,
    /// Its length, or [`UNKNOWN`].
    expected: u64,
    grpc: Option<&'static GrpcStatus>,
}

impl<L: LabelSet + 'static> Sending<L> {
    #[inline]
    pub(super) const fn unmeasured() -> Self {
        Self { open: None, bytes: 0, expected: UNKNOWN, grpc: None }
    }

    /// Begins after the head of the response.
    #[inline(always)]
    pub(super) fn begin(open: &mut Option<Open<L>>, length: Option<u64>, reply: Reply) -> Self {
        if reply.empty {
            // Ended where it is, so that what moves is put together once.
            if let Some(open) = open.take() {
                ended(&open, 0, reply.grpc);
            }
        }
        Self { open: open.take(), bytes: 0, expected: length.unwrap_or(UNKNOWN), grpc: reply.grpc }
    }

    /// Enters the code of the body, which makes a piece, until the guard is left.
    #[inline]
    pub(crate) fn enter(&mut self) -> PanicGuard<'_, impl OnPanic> {
        current::enter_request(LayerId::NONE, self)
    }

    /// Runs code of the body, which makes a piece and may panic.
    #[inline]
    pub fn run<R>(&mut self, code: impl FnOnce() -> R) -> R {
        let guard = self.enter();
        let made = code();
        guard.leave();
        made
    }

    /// Adds bytes that were sent.
    #[inline]
    pub fn data(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Ends the body with trailers. Nothing comes after them, and HTTP/2 servers do not ask.
    ///
    /// The status in trailers is that of the call. One in a head that is followed by more was premature. Source: "gRPC over
    /// HTTP2", Responses.
    pub(crate) fn trailers(&mut self, grpc: Option<&'static GrpcStatus>) {
        self.grpc = grpc.or(self.grpc);
        self.end();
    }

    /// Ends the body.
    #[inline]
    pub fn end(&mut self) {
        if let Some(open) = &self.open {
            ended(open, self.bytes, self.grpc);
            self.open = None;
        }
    }

    /// Ends a body that could not be made to its end.
    #[cold]
    pub fn fail(&mut self) {
        if let Some(open) = &self.open {
            open.state.families.exception(open.record, &open.own, "body");
        }
        self.end();
    }

    /// Ends a body that was dropped.
    #[cold]
    fn give_up(&mut self) {
        if let Some(open) = &self.open {
            // A server that knows the length beforehand need not ask again after the last byte.
            if self.expected != self.bytes {
                open.state.families.body_dropped(open.record, &open.own);
            }
            self.end();
        }
    }
}

/// Counts a body that ended, however it did.
#[inline]
fn ended<L: LabelSet>(open: &Open<L>, bytes: u64, grpc: Option<&'static GrpcStatus>) {
    if let Some(sizes) = open.state.families.response_body(&open.own) {
        sizes.observe(bytes as f64);
    }
    if open.record.grpc {
        open.state.families.grpc_ended(open.record, &open.own, *grpc.unwrap_or(&GrpcStatus::None));
    }
}

impl<L: LabelSet + 'static> OnPanic for Sending<L> {
    fn on_panic(&mut self, counted: bool) -> bool {
        let Some(open) = &self.open else { return counted };
        if !counted {
            open.state.families.exception(open.record, &open.own, ErrorLabel::PANIC.text());
        }
        self.end();
        true
    }
}

impl<L: LabelSet + 'static> Drop for Sending<L> {
    #[inline]
    fn drop(&mut self) {
        if self.open.is_some() {
            self.give_up();
        }
    }
}
