use tallymark::timed;

#[timed(slo())]
fn confirm() {}

#[timed(slo(success = 100))]
fn cancel() {}

#[timed(slo(latency = "250ms"))]
fn ship() {}

#[timed(slo(latency = "fast @ 99", name = "Ship It"))]
fn ship_again() {}

#[timed(slo(succes = 99.9))]
fn pack() {}

fn main() {}
