//! Functions and models are shown wherever the program runs: the linker finds them, or they register themselves. Run it
//! under Miri, which has no linker, to see the second.

use tallymark_core::{
    __private_v4::{Element, FunctionMeta, FunctionSite, ModelMeta, ModelSite, Place, submit},
    registry,
};

const PLACE: Place =
    Place { package: env!("CARGO_PKG_NAME"), module: module_path!(), file: file!(), line: line!() };

static PACK: FunctionSite =
    FunctionSite::new(FunctionMeta { function: "pack", place: PLACE, is_async: false, in_flight: true });

static PARCEL: ModelSite =
    ModelSite::new(ModelMeta { name: "parcel", table: "parcels", on_statement: false, place: PLACE });

const _: () = {
    submit!(Element::Function(&PACK));
};

const _: () = {
    submit!(Element::Model(&PARCEL));
};

#[test]
fn functions_and_models_are_counted_once() {
    let module = [("module", module_path!()), ("function", "pack")];
    let in_flight = || registry::snapshot().value("function_in_flight", &module);
    let calls = || {
        let labels = [module[0], module[1], ("outcome", "ok")];
        registry::snapshot().counter("function_calls_total", &labels)
    };
    let rows = || registry::snapshot().counter("model_inserts_total", &[("model", "parcel")]);

    // Names are resolved before anything was used, and again when something was.
    drop(registry::snapshot());
    let guard = PACK.enter();
    assert_eq!(in_flight(), Some(1.0));
    guard.finish(false);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                PACK.enter().finish(false);
                PARCEL.inserted(1);
            });
        }
    });
    assert_eq!(in_flight(), Some(0.0));
    assert_eq!(calls(), Some(3));
    assert_eq!(rows(), Some(2));
}
