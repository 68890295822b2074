//! The two protocols of memcached, and what they share.

mod ascii;
mod batch;
mod meta;
mod response;

pub(crate) use response::measure_write;
