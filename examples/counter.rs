//! A counter, served until Enter is pressed.
//!
//! `cargo run --example counter`

use std::io::{self, BufRead};
use tallymark::{Counter, exporter, metric};

/// Lines read from the keyboard.
#[metric]
static LINES_READ_TOTAL: Counter = Counter::new();

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = exporter::serve("127.0.0.1:0")?;
    println!("metrics: http://{}/metrics", exporter.local_addr());
    println!("Every line is counted; an empty one ends the program.");
    for line in io::stdin().lock().lines() {
        if line?.is_empty() {
            break;
        }
        LINES_READ_TOTAL.inc();
        println!("{} so far", LINES_READ_TOTAL.get());
    }
    Ok(())
}
