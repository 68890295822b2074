//! Servers that go away and callers that do not wait.

use crate::{asynchronous, blocking, counts::counts, server::Server};
use redis::{
    AsyncCommands, Client, Commands,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd, pipe,
};
use std::task::Poll;
use tallymark_core::registry;
use tallymark_redis::{Cache, InstrumentedConnection, Naming};

async fn managed(name: &str, naming: Naming, client: Client) -> InstrumentedConnection<ConnectionManager> {
    // However long replies take on a busy machine.
    let patient = ConnectionManagerConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let config = patient.set_number_of_retries(0);
    let manager = ConnectionManager::new_with_config(client, config).await.expect("the server accepts");
    let builder = Cache::builder(name).backend(name).naming(naming);
    InstrumentedConnection::new(builder, manager).expect("the names are free")
}

#[test]
fn a_connection_that_is_closed_in_the_middle_of_a_command() {
    let server = Server::start();
    let mut connection = blocking("redis_die", &server);
    assert!(cmd("DIE").exec(&mut connection).is_err());
    assert!(connection.get::<_, Option<String>>("a").is_err());
    assert!(pipe().set("a", 1).mget(&["a", "b"]).del("a").exec(&mut connection).is_err());
    let counts = counts("redis_die", "redis");
    assert_eq!(counts.gets(), [0, 0, 3, 0]);
    assert_eq!(counts.sets(), [0, 0, 1, 0]);
    assert_eq!(counts.deletes(), [0, 0, 1, 0]);
    assert_eq!(counts.others(), [0, 0, 1, 0]);
}

#[test]
fn a_transaction_whose_connection_is_closed_is_an_error() {
    let server = Server::start();
    let mut connection = blocking("redis_die_atomic", &server);
    assert!(pipe().atomic().get("a").cmd("DIE").exec(&mut connection).is_err());
    assert_eq!(counts("redis_die_atomic", "redis").gets(), [0, 0, 1, 0]);
    let mut connection = blocking("redis_die_manual", &server);
    cmd("MULTI").exec(&mut connection).expect("an answer");
    cmd("GET").arg("a").exec(&mut connection).expect("an answer");
    server.stop();
    assert!(cmd("EXEC").exec(&mut connection).is_err());
    assert_eq!(counts("redis_die_manual", "redis").gets(), [0, 0, 1, 0]);
}

#[tokio::test]
async fn a_connection_that_is_refused() {
    let server = Server::start();
    let mut connection = managed("redis_refused", Naming::Standard, server.client()).await;
    assert_eq!(connection.get("a").await, Ok(None::<String>));
    server.stop();
    for _ in 0..3 {
        assert!(connection.get::<_, Option<String>>("a").await.is_err());
    }
    assert_eq!(counts("redis_refused", "redis_refused").gets(), [0, 1, 3, 0]);
}

/// As django-prometheus tests a Redis that was stopped.
#[tokio::test]
async fn a_stopped_redis_under_the_names_of_django() {
    let server = Server::start();
    let mut connection = managed("redis_stopped", Naming::Django, server.client()).await;
    server.stop();
    for failures in 1..3 {
        assert!(connection.get::<_, Option<String>>("foo1").await.is_err());
        let snapshot = registry::snapshot();
        let counted = ["get", "get_fail", "get_hits", "get_misses"].map(|name| {
            snapshot.counter(&format!("django_cache_{name}_total"), &[("backend", "redis_stopped")])
        });
        assert_eq!(counted, [Some(failures), Some(failures), Some(0), Some(0)]);
    }
}

#[tokio::test]
async fn a_command_that_nobody_waits_for_is_cancelled() {
    let server = Server::start();
    let mut connection = asynchronous("redis_cancel", &server).await;
    let mut hanging = pipe();
    hanging.get("a").set("a", 1).mget(&["a", "b"]).cmd("HANG");
    let mut pending = Box::pin(hanging.exec_async(&mut connection));
    assert!(matches!(futures::poll!(pending.as_mut()), Poll::Pending));
    drop(pending);
    let mut get = Box::pin(connection.get::<_, Option<String>>("a"));
    assert!(matches!(futures::poll!(get.as_mut()), Poll::Pending));
    drop(get);
    let counts = counts("redis_cancel", "redis");
    assert_eq!(counts.gets(), [0, 0, 0, 4]);
    assert_eq!(counts.sets(), [0, 0, 0, 1]);
    assert_eq!(counts.others(), [0, 0, 0, 1]);
    assert_eq!((counts.timed("pipeline"), counts.timed("get")), (1, 1));
}
