//! Services, requests, and the values of a namespace.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use tallymark_core::registry;

pub(crate) type BoxBody = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

/// The value of a series of this test's namespace; of a histogram, how often it observed. 0 if it is not there.
pub(crate) fn value(namespace: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let snapshot = registry::snapshot();
    let name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}_{name}") };
    match snapshot.family(&name).and_then(|family| family.get(labels)) {
        Some(series) => series.value.as_f64(),
        None => snapshot.value(&name, labels).unwrap_or(0.0),
    }
}

/// The sum over all series of a family.
pub(crate) fn sum(namespace: &str, name: &str) -> f64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family(&format!("{namespace}_{name}"));
    family.map_or(0.0, |family| family.series.iter().map(|series| series.value.as_f64()).sum())
}

macro_rules! assert_value {
    ($namespace:expr, $name:expr, {$($label:ident: $value:expr),*}, $expected:expr) => {
        let labels: &[(&str, &str)] = &[$((stringify!($label), $value)),*];
        let found = $crate::common::value($namespace, $name, labels);
        assert!(
            (found - f64::from($expected)).abs() < 1e-9,
            "{}_{}{labels:?} is {found}, not {}\n{}",
            $namespace, $name, $expected, $crate::common::shown($namespace),
        );
    };
}
pub(crate) use assert_value;

/// All lines of a namespace, for messages.
pub(crate) fn shown(namespace: &str) -> String {
    let text = registry::encode_to_string(registry::Format::Text004);
    let lines = text.lines().filter(|line| line.starts_with(namespace) && !line.contains("_bucket"));
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn request(method: &str, path: &str) -> Request<Full<Bytes>> {
    with_body(method, path, "")
}

pub(crate) fn with_body(method: &str, path: &str, body: &'static str) -> Request<Full<Bytes>> {
    Request::builder().method(method).uri(path).body(Full::from(body)).expect("a request")
}

pub(crate) fn boxed<B>(body: B) -> BoxBody
where
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    body.map_err(|never| match never {}).boxed_unsync()
}

pub(crate) fn text(text: &'static str) -> Response<BoxBody> {
    Response::new(boxed(Full::from(text)))
}

pub(crate) fn status(status: u16) -> Response<BoxBody> {
    let mut response = Response::new(boxed(Empty::new()));
    *response.status_mut() = status.try_into().expect("a status");
    response
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

/// Pieces that are there at once; their number is not told beforehand.
pub(crate) struct Pieces {
    first: VecDeque<Piece>,
    more: usize,
}

impl Pieces {
    /// So many of five bytes.
    pub(crate) fn of(more: usize) -> Self {
        Self { first: VecDeque::new(), more }
    }

    /// These.
    pub(crate) fn these(pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self { first: pieces.into_iter().collect(), more: 0 }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(first) = self.first.pop_front() {
            return Poll::Ready(Some(first));
        }
        let Some(more) = self.more.checked_sub(1) else { return Poll::Ready(None) };
        self.more = more;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"piece")))))
    }

    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// Waits until something holds that other tasks bring about.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}
