//! A program that used `autometrics`.
//!
//! ```text
//! const API: Objective = Objective::new("api").success_rate(ObjectivePercentile::P99_9);
//!
//! #[autometrics(objective = API, track_concurrency)]
//! async fn create_user(name: &str) -> Result<u64, Error> { … }
//!
//! prometheus_exporter::init();
//! let text = prometheus_exporter::encode_to_string()?;
//! ```

use tallymark::{encode_to_string, registry::Format, timed};

/// Calls by outcome, durations, and the calls in progress.
#[timed(in_flight)]
async fn create_user(name: &str) -> Result<u64, String> {
    if name.is_empty() { Err("a user needs a name".to_owned()) } else { Ok(7) }
}

#[tokio::main]
async fn main() {
    for name in ["ada", ""] {
        match create_user(name).await {
            Ok(id) => println!("user {id}"),
            Err(error) => println!("{error}"),
        }
    }
    print!("{}", encode_to_string(Format::Text004));
}
