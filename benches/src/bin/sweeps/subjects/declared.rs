//! Metrics that are declared: as statics, and while the program runs.

use tallymark::{
    Counter, LabelSet, place,
    registry::{self, Declaration, Format, Request, Selection},
};
use tallymark_core::__private_v4::{Allow, Declared, Element, Entry};

use crate::{
    meter::Meter,
    subject::{Subject, leak, shuffled},
};

pub const SUBJECTS: [Subject; 3] = [
    Subject::new("statics", "declared statics", statics),
    Subject::new("declarations", "declarations at run time", declarations),
    Subject::new("selected", "names asked for, of as many", selected).least(1_600),
];

/// An element of a counter, as the macro leaves one.
pub fn element(name: String) -> Element {
    let metric: &'static Counter = Box::leak(Box::new(Counter::new()));
    let declared = Declared {
        name: leak(name),
        namespaced: false,
        help: "Things counted.",
        unit: None,
        allow: Allow::ALL,
        place: place!(),
    };
    Element::Metrics(Box::leak(Box::new([Entry::new(declared, metric)])))
}

/// Registers elements as the linker would.
pub fn register(elements: Vec<Element>) {
    registry::register(Vec::leak(elements));
}

pub fn encode(format: Format) -> usize {
    let mut bytes = Vec::new();
    registry::encode(format, &mut bytes);
    bytes.len()
}

fn name(at: usize) -> String {
    format!("grown_{at:06}_total")
}

fn statics(meter: &mut Meter, n: usize) {
    register(shuffled(n).map(|at| element(name(at))).collect());
    meter.part("first resolve", registry::crates);
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition, text", || encode(Format::Text004));
    meter.part("exposition, OpenMetrics", || encode(Format::OpenMetrics100));
    meter.part("exposition, protobuf", || encode(Format::Protobuf));
    let conflicts = meter.part("check()", registry::check);
    assert!(conflicts.is_ok());
    let snapshot = meter.part("snapshot()", registry::snapshot);
    let names: Vec<String> = shuffled(n).map(name).collect();
    let found = meter.part("look-ups in a snapshot", || {
        names.iter().filter(|name| snapshot.counter(name, &[]).is_some()).count()
    });
    assert_eq!(found, n);
    meter.part("descriptors()", registry::descriptors);
}

fn declarations(meter: &mut Meter, n: usize) {
    let declare = || {
        for at in shuffled(n) {
            let declaration = Declaration::new(name(at), "Things counted.", place!());
            declaration.declare(Counter::<()>::new).expect("a good name");
        }
    };
    meter.part("declared", declare);
    meter.part("declared again", declare);
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    assert_eq!(<() as LabelSet>::NAMES.len(), 0);
}

fn selected(meter: &mut Meter, n: usize) {
    register(shuffled(n).map(|at| element(name(at))).collect());
    encode(Format::Text004);
    let names: Vec<String> = shuffled(n).map(name).collect();
    let selection = meter.part("Selection::of", || Selection::of(names));
    let request = Request::new(Format::Text004).names(selection.clone());
    let bytes = meter.part("exposition", || {
        let mut bytes = Vec::new();
        registry::encode(request, &mut bytes);
        bytes
    });
    assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 3 * n);
    let snapshot = meter.part("snapshot", || registry::snapshot_of(&selection));
    assert_eq!(snapshot.families().len(), n);
    // Some of many, as a client asks for them one by one.
    let few: Vec<Selection> = (0..n.min(100)).map(|at| Selection::of([name(at)])).collect();
    meter.part("one name, 100 times", || {
        few.iter().map(|one| registry::snapshot_of(one).families().len()).sum::<usize>()
    });
}
