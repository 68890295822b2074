//! Any families in text format 1.0.0: a strict reader finds these families in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tallymark_core::{encode::Escaping, registry::Format};
use tallymark_fuzz::{families::Families, text};

fuzz_target!(|families: Families| {
    for escaping in [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Dots, Escaping::Values] {
        text::check(Format::Text100, escaping, &families.0);
    }
});
