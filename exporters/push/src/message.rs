//! What a server says about an error.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
};

use http_body::Body;
use hyper::body::Incoming;

/// So much of it is kept.
const MESSAGE: usize = 1024;

/// The beginning of what a server says about an error, in one line.
pub(super) async fn message(body: Incoming) -> String {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while bytes.len() < MESSAGE {
        // What breaks off has been said as far as it was.
        let Some(Ok(frame)) = poll_fn(|context| Pin::as_mut(&mut body).poll_frame(context)).await else {
            break;
        };
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    bytes.truncate(MESSAGE);
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<_> =
        text.split(|character: char| character.is_whitespace() || character.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
