//! Bodies that count what goes through them.

mod request;
mod response;

pub use self::{request::RequestBody, response::ResponseBody};
