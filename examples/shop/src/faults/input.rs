//! Faults that are turned on and off while the shop is open.

use super::{fault::Fault, switches::Faults};
use std::{io, thread};

/// Turns faults on and off as the lines of standard input say, `payments on` or `payments off`, until it ends.
pub fn follow_input(faults: Faults) {
    // The thread need not end: reading cannot be interrupted.
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            match parse(&line) {
                Ok(None) => {}
                Ok(Some((fault, on))) => faults.set(fault, on),
                Err(error) => eprintln!("shop: {error}"),
            }
        }
    });
}

/// The fault and whether it is to be on; nothing for an empty line.
fn parse(line: &str) -> Result<Option<(Fault, bool)>, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let fault = |name: &str| name.parse::<Fault>().map_err(|error| error.to_string());
    match *words.as_slice() {
        [] => Ok(None),
        [name, "on"] => Ok(Some((fault(name)?, true))),
        [name, "off"] => Ok(Some((fault(name)?, false))),
        _ => Err(format!("expected a fault and `on` or `off`, as in `payments on`, found \"{line}\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_a_fault_and_a_state() {
        assert_eq!(parse(" slow  on "), Ok(Some((Fault::Slow, true))));
        assert_eq!(parse("slow off"), Ok(Some((Fault::Slow, false))));
        assert_eq!(parse(""), Ok(None));
        assert!(parse("fast on").expect_err("no fault").starts_with("there is no fault \"fast\""));
        assert!(parse("slow").expect_err("no state").ends_with("found \"slow\""));
    }
}
