//! What belongs to one request.

use crate::reader::{counter, observations};
use std::{
    future::{Future, pending},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};
use tallymark::registry::snapshot;
use tallymark_db::{Database, RequestScope, RequestScopes};

fn database(name: &str) -> Database {
    Database::builder(name).n_plus_one(2).build().expect("good settings")
}

fn repeated(name: &str) -> u64 {
    counter("db_n_plus_one_total", &[("db", name)])
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets other futures have their turn once.
async fn turn() {
    let mut waited = false;
    std::future::poll_fn(
        |_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

#[test]
fn a_statement_is_reported_once_for_each_request_that_repeats_it() {
    let database = database("repeated");
    let request = |times: u32| {
        let mut scope = RequestScope::new();
        let _entered = scope.enter();
        for number in 0..times {
            database.statement(&format!("SELECT a FROM b WHERE c = {number}")).finish(None);
            database.statement("SELECT 1 FROM d, e").finish(None);
        }
    };
    request(2);
    assert_eq!(repeated("repeated"), 0);
    request(5);
    assert_eq!(repeated("repeated"), 2);
    for _ in 0..9 {
        database.statement("SELECT 1").finish(None);
    }
    assert_eq!(repeated("repeated"), 2, "outside of requests nothing is reported");
}

#[test]
fn requests_that_take_turns_are_told_apart() {
    let database = database("turns");
    let scopes = RequestScopes::in_namespace("turns").expect("a good name");
    let request = |scope: RequestScope| {
        scope.wrap(async move {
            for _ in 0..2 {
                database.statement("SELECT 1").finish(None);
                turn().await;
            }
        })
    };
    {
        let (mut one, mut other) = (pin!(request(scopes.scope())), pin!(request(scopes.scope())));
        while poll(one.as_mut()).is_pending() {
            let _ = poll(other.as_mut());
        }
    }
    assert_eq!(repeated("turns"), 0);
    let snapshot = snapshot();
    let seen = snapshot.histogram("turns_http_request_db_queries", &[]).expect("it is shown");
    assert_eq!((seen.counts.iter().sum::<u64>(), seen.sum), (2, 4.0));
}

#[test]
fn a_request_ends_once_however_it_ends() {
    let scopes = RequestScopes::with_buckets(Some("ends"), &[1.0]).expect("good settings");
    let database = database("request_ends");
    {
        let mut cancelled = pin!(scopes.scope().wrap(async {
            database.statement("SELECT 1").finish(None);
            pending::<()>().await;
        }));
        assert!(poll(cancelled.as_mut()).is_pending());
    }
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let future = pin!(scopes.scope().wrap(async { panic!("as asked") }));
        let _: Poll<()> = poll(future);
    }));
    assert!(panicked.is_err());
    drop(scopes.scope());
    assert_eq!(observations("ends_http_request_db_queries", &[]), 3);
    let outside = RequestScope::new();
    database.statement("SELECT 1").finish(None);
    drop(outside);
}

#[test]
fn a_request_within_a_request_counts_for_itself() {
    let outer = RequestScopes::in_namespace("outer").expect("a good name");
    let inner = RequestScopes::in_namespace("inner").expect("a good name");
    let database = database("nested");
    let run = || database.statement("SELECT 1").finish(None);
    {
        let mut outer = outer.scope();
        let _outer = outer.enter();
        run();
        {
            let mut inner = inner.scope();
            let _inner = inner.enter();
            run();
            run();
        }
        run();
    }
    let sum = |name: &str| snapshot().histogram(name, &[]).map(|seen| seen.sum);
    assert_eq!(sum("outer_http_request_db_queries"), Some(2.0));
    assert_eq!(sum("inner_http_request_db_queries"), Some(2.0));
    assert_eq!(repeated("nested"), 0);
}
