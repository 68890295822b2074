//! A future that sends a request.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::StatusCode;
use pin_project_lite::pin_project;

use super::request::ClientRequest;
use crate::label::ErrorLabel;

pin_project! {
    /// A future that sends a request, measured. Made by [`ClientRequest::measure`](crate::ClientRequest::measure).
    #[must_use = "futures do nothing unless polled"]
    pub struct Measured<F, R> {
        #[pin]
        future: F,
        request: ClientRequest,
        outcome: R,
    }
}

impl ClientRequest {
    /// Measures a future that sends the request. `outcome` reads its output when it is there. Dropped before that, the
    /// request was cancelled; one that panics ends it with the error `panic`.
    ///
    /// ```
    /// use http::{Method, StatusCode};
    /// use tallymark_http::ErrorLabel;
    ///
    /// # async fn send() -> std::io::Result<StatusCode> { Ok(StatusCode::OK) }
    /// # futures::executor::block_on(async {
    /// let metrics = tallymark_http::client_builder().namespace("measured").build()?;
    /// let request = metrics.start(&Method::GET, "stock.example", None);
    /// let sent = request.measure(send(), |sent| match sent {
    ///     Ok(status) => Ok(*status),
    ///     Err(_) => Err(ErrorLabel::named("connect")),
    /// });
    /// assert_eq!(sent.await?, StatusCode::OK);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).expect("it is sent");
    /// ```
    pub fn measure<F, R>(self, future: F, outcome: R) -> Measured<F, R>
    where
        F: Future,
        R: Fn(&F::Output) -> Result<StatusCode, ErrorLabel>,
    {
        Measured { future, request: self, outcome }
    }
}

impl<F, R> Future for Measured<F, R>
where
    F: Future,
    R: Fn(&F::Output) -> Result<StatusCode, ErrorLabel>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.request.poll(this.future, context, &*this.outcome)
    }
}

impl<F, R> fmt::Debug for Measured<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured").field("request", &self.request).finish_non_exhaustive()
    }
}
