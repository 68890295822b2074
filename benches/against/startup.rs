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

fn main() {
    step_count();
    assert_eq!(step_first().lines().count(), step_second().lines().count());
}
