//! Names that are in each other's way.

use tallymark::{
    Counter, place,
    registry::{self, Declaration, Format},
};

use super::declared::{element, encode, register};
use crate::{
    meter::Meter,
    subject::{Subject, shuffled},
};

pub const SUBJECTS: [Subject; 5] = [
    Subject::new("one name", "statics of one name", one_name),
    Subject::new("sample names", "statics whose samples have names of others", sample_names),
    Subject::new("beginnings", "names that begin one another, in chains of 64", beginnings),
    Subject::new("escaped", "names that need escaping", escaped),
    Subject::new("escaped alike", "names that are one name once escaped", escaped_alike),
];

fn shown(meter: &mut Meter) {
    meter.part("first resolve", registry::crates);
    meter.part("exposition", || encode(Format::Text004));
    let _ = meter.part("check()", registry::check);
}

fn one_name(meter: &mut Meter, n: usize) {
    register((0..n).map(|_| element("grown_total".to_owned())).collect());
    shown(meter);
    assert_eq!(registry::check().map_or_else(|conflicts| conflicts.iter().len(), |()| 0), n - 1);
}

fn sample_names(meter: &mut Meter, n: usize) {
    let pair = |at| [element(format!("grown_{at}_total")), element(format!("grown_{at}_created_total"))];
    register(shuffled(n / 2).flat_map(pair).collect());
    shown(meter);
    assert_eq!(registry::check().map_or_else(|conflicts| conflicts.iter().len(), |()| 0), n / 2);
}

fn beginnings(meter: &mut Meter, n: usize) {
    let name = |at: usize| format!("grown_{:05}{}_total", at / 64, "_x".repeat(at % 64));
    register(shuffled(n).map(|at| element(name(at))).collect());
    shown(meter);
}

fn declare(name: String) {
    let declaration = Declaration::new(name, "Things counted.", place!()).utf8();
    declaration.declare(Counter::<()>::new).expect("a good name");
}

fn escaped(meter: &mut Meter, n: usize) {
    shuffled(n).for_each(|at| declare(format!("grown.{at}")));
    encode(Format::Text004);
    meter.part("exposition", || encode(Format::Text004));
    let _ = meter.part("check()", registry::check);
}

fn escaped_alike(meter: &mut Meter, n: usize) {
    // As many letters as it takes, each of which is escaped to one underscore.
    let letter = |at: usize| char::from_u32(0x4e00 + u32::try_from(at).unwrap_or(0)).unwrap_or('?');
    shuffled(n).for_each(|at| declare(format!("grown{}{}", letter(at / 1000), letter(at % 1000))));
    encode(Format::Text004);
    meter.part("exposition", || encode(Format::Text004));
    let _ = meter.part("check()", registry::check);
}
