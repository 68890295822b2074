//! A program whose library is measured: the metrics of `examples/library/src/lib.rs` are in its exposition.
//!
//! `cargo run --example library`

// The linker leaves out crates that nothing refers to, and their metrics with them. Calling one of their functions
// is enough; for a crate that only has to be there, this line is.
tallymark::require!(greeting);

fn main() {
    println!("{}", greeting::greet("Ada"));
    println!("{}", tallymark::encode_to_string(tallymark::registry::Format::Text004));
}
