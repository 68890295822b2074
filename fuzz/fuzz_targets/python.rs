//! Anything as a file of `prometheus_client`: it is left out, or read.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    tallymark_processes::__fuzz::python(bytes);
});
