//! A server that is killed while somebody waits for it.

use crate::{
    commands::connect,
    counts::counts,
    servers::{OwnServer, key},
};
use redis::{
    AsyncCommands,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd,
};
use tallymark_redis::{Cache, InstrumentedConnection};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis"]
async fn a_redis_that_is_killed_while_a_command_waits() {
    let server = OwnServer::start("redis");
    let client = redis::Client::open(server.url.as_str()).expect("it is a URL");
    let config = ConnectionManagerConfig::new().set_number_of_retries(0);
    let config = config.set_connection_timeout(None).set_response_timeout(None);
    let manager =
        ConnectionManager::new_with_config(client.clone(), config).await.expect("the server accepts");
    let mut connection =
        InstrumentedConnection::new(Cache::builder("real_killed"), manager).expect("the names are free");
    let key = key("killed");
    assert_eq!(connection.set(&key, 1).await, Ok(()));
    let mut waiting = connection.clone();
    let empty = format!("{key}:empty");
    let wait = async { cmd("BLPOP").arg(empty).arg(0).exec_async(&mut waiting).await };
    let mut watcher = connect(&client).await;
    let kill = async {
        loop {
            let clients: String =
                cmd("CLIENT").arg("LIST").query_async(&mut watcher).await.expect("an answer");
            if clients.contains("cmd=blpop") {
                break;
            }
        }
        tokio::task::block_in_place(|| server.kill());
    };
    let (waited, ()) = tokio::join!(wait, kill);
    assert!(waited.is_err());
    for _ in 0..2 {
        assert!(connection.get::<_, Option<u8>>(&key).await.is_err(), "it is refused");
    }
    assert_eq!(counts("real_killed", "redis").gets(), [0, 0, 2, 0]);
    assert_eq!(counts("real_killed", "redis").sets(), [1, 0, 0, 0]);
    assert_eq!(counts("real_killed", "redis").others(), [0, 0, 1, 0]);
}
