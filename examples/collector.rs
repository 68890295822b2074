//! A custom collector: numbers that somebody else keeps, asked for when a scrape comes.
//!
//! `cargo run --example collector`

use std::fs;
use tallymark::registry::{self, CollectError, Collector, Families, Format};

/// What lies in a directory. Nothing has to be counted along while the program runs.
struct Directory(&'static str);

impl Collector for Directory {
    fn name(&self) -> &'static str {
        "directory"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let (mut files, mut directories, mut bytes) = (0_u64, 0_u64, 0_u64);
        for entry in fs::read_dir(self.0)? {
            let metadata = entry?.metadata()?;
            if metadata.is_dir() {
                directories += 1;
            } else {
                files += 1;
                bytes += metadata.len();
            }
        }
        families
            .gauge("directory_entries", "Entries of the directory, by what they are.")
            .number(&[("kind", "file")], files)
            .number(&[("kind", "directory")], directories);
        families.gauge("directory_size_bytes", "Size of the files in the directory.").number(&[], bytes);
        Ok(())
    }
}

fn main() {
    // Dropping the registration ends it; `forget` would keep it for as long as the program runs.
    let registration = registry::register_collector(Directory("."));
    println!("{}", tallymark::encode_to_string(Format::Text004));

    drop(registration);
    let without = tallymark::encode_to_string(Format::Text004);
    println!(
        "and without it: {} families",
        without.lines().filter(|line| line.starts_with("# TYPE")).count()
    );
}
