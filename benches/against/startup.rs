#[inline(never)]
#[unsafe(no_mangle)]
fn step_count() {
    for counter in ALL {
        counter.inc();
    }
}

#[inline(never)]
#[unsafe(no_mangle)]
fn step_first() -> String {
    encode_to_string(Format::Text004)
}

/// Not the same function as the one above, or the compiler makes one of both.
#[inline(never)]
#[unsafe(no_mangle)]
fn step_second() -> String {
    std::hint::black_box(2);
    encode_to_string(Format::Text004)
}

/// Prints the microseconds of each step.
fn main() {
    let start = std::time::Instant::now();
    step_count();
    let counted = start.elapsed();
    let first = step_first();
    let begun = start.elapsed();
    let second = step_second();
    let ended = start.elapsed();
    assert_eq!(first.lines().count(), second.lines().count());
    println!("{} {} {}", counted.as_micros(), (begun - counted).as_micros(), (ended - begun).as_micros());
}
