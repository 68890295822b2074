//! What the fuzz targets share: a scrape without a socket, any families, and what their text has to say.

pub mod families;
#[path = "../../metrics-core/tests/encode_round_trip/reader.rs"]
#[allow(dead_code, reason = "shared")]
mod reader;
pub mod scrape;
pub mod text;
