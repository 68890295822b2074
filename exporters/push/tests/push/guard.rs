//! The push at the end.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
};

use tallymark::{Counter, metric};
use tallymark_push::{Gateway, PushError};

use crate::server::{Server, response};

/// Things done by the tests of the guard.
#[metric(namespace = "push_guard_tests")]
static THINGS_DONE_TOTAL: Counter = Counter::new();

fn gateway(server: &Server) -> Gateway {
    tallymark_push::builder(server.url(), "job").build().expect("a gateway")
}

fn accepting() -> Server {
    Server::always(response(200, &[], ""))
}

fn job(gateway: &Gateway, fail: bool) -> Result<(), &'static str> {
    let _push = gateway.on_exit();
    THINGS_DONE_TOTAL.inc();
    if fail {
        return Err("early");
    }
    THINGS_DONE_TOTAL.inc();
    Ok(())
}

#[test]
fn at_the_end_and_on_early_return() {
    for fail in [false, true] {
        let server = accepting();
        assert_eq!(job(&gateway(&server), fail).is_err(), fail);
        let pushed = server.only();
        assert_eq!(pushed.method, "PUT");
        assert!(!pushed.text().contains("push_guard_tests_things_done_total 0\n"));
    }
}

/// What is dropped later is counted before.
#[test]
fn after_everything_else() {
    /// Things put away by the tests of the guard.
    #[metric(namespace = "push_guard_tests")]
    static THINGS_PUT_AWAY_TOTAL: Counter = Counter::new();
    struct PutAway;
    impl Drop for PutAway {
        fn drop(&mut self) {
            THINGS_PUT_AWAY_TOTAL.inc();
        }
    }
    let server = accepting();
    {
        let _push = gateway(&server).on_exit();
        let _thing = PutAway;
    }
    assert!(server.only().text().contains("push_guard_tests_things_put_away_total 1\n"));
}

#[test]
fn when_unwinding() {
    let server = accepting();
    let gateway = gateway(&server);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _push = gateway.on_exit();
        panic!("of this test");
    }));
    assert!(panicked.is_err());
    assert_eq!(server.only().method, "PUT");
}

/// Where blocking on a runtime from within would panic.
#[test]
fn within_a_runtime() {
    let server = accepting();
    let gateway = gateway(&server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { drop(gateway.on_exit()) });
    assert_eq!(server.only().method, "PUT");
}

#[test]
fn by_choice() {
    let server = accepting();
    let gateway = gateway(&server);
    gateway.on_exit().cancel();
    assert!(server.received().is_empty());
    drop(gateway.on_exit().adding());
    assert_eq!(server.only().method, "POST");
    gateway.on_exit().finish().expect("accepted");
    assert_eq!(server.received().len(), 2);
}

#[test]
fn errors_are_told() {
    let server = Server::always(response(400, &[], "no"));
    let gateway = gateway(&server);
    let (tell, told) = mpsc::channel();
    drop(gateway.on_exit().on_error(move |error| tell.send(error).expect("somebody listens")));
    let error = told.try_recv().expect("an error");
    assert!(matches!(error, PushError::Refused { status: 400, .. }), "{error:?}");
    let error = gateway.on_exit().finish().expect_err("refused");
    assert!(matches!(error, PushError::Refused { status: 400, .. }), "{error:?}");
    assert_eq!(server.received().len(), 2);
}
