//! Servers that are killed while somebody waits for them.

use crate::{counted, key, setting};
use async_memcached::AsciiProtocol;
use redis::{
    AsyncCommands,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd,
};
use std::process::Command;
use tallymark::cache::{Cache, memcached::MeasuredClient, redis::MeasuredConnection};

/// A server of its own, killed at the end at the latest.
struct Server {
    name: String,
    url: String,
}

fn control(arguments: &[&str]) -> String {
    let output = Command::new("bash").arg(setting("TALLYMARK_TEST_SERVERS")).args(arguments).output();
    let output = output.expect("the script runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Server {
    fn start(kind: &str) -> Self {
        let answer = control(&["start", kind]);
        let (name, url) = answer.split_once(' ').expect("a name and a URL");
        Self { name: name.to_owned(), url: url.to_owned() }
    }

    fn kill(&self) {
        control(&["kill", &self.name]);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis"]
async fn a_redis_that_is_killed_while_a_command_waits() {
    let server = Server::start("redis");
    let client = redis::Client::open(server.url.as_str()).expect("it is a URL");
    let config = ConnectionManagerConfig::new().set_number_of_retries(0);
    let config = config.set_connection_timeout(None).set_response_timeout(None);
    let manager =
        ConnectionManager::new_with_config(client.clone(), config).await.expect("the server accepts");
    let mut connection =
        MeasuredConnection::new(Cache::builder("real_killed"), manager).expect("the names are free");
    let key = key("killed");
    assert_eq!(connection.set(&key, 1).await, Ok(()));
    let mut waiting = connection.clone();
    let empty = format!("{key}:empty");
    let wait = async { cmd("BLPOP").arg(empty).arg(0).exec_async(&mut waiting).await };
    let mut watcher = crate::redis::connect(&client).await;
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
    assert_eq!(counted("cache_gets_total", "real_killed", "redis"), [0, 0, 2, 0]);
    assert_eq!(counted("cache_sets_total", "real_killed", "redis"), [1, 0, 0, 0]);
    assert_eq!(counted("cache_other_operations_total", "real_killed", "redis"), [0, 0, 1, 0]);
}

#[tokio::test]
#[ignore = "needs memcached"]
async fn a_memcached_that_is_killed() {
    let server = Server::start("memcached");
    let address = server.url.trim_start_matches("tcp").trim_start_matches("://").trim();
    let client = async_memcached::Client::new(format!("tcp://{address}")).await.expect("the server accepts");
    let mut client = MeasuredClient::new(Cache::builder("real_killed"), client).expect("the names are free");
    assert_eq!(client.get(key("killed")).await, Ok(None));
    server.kill();
    assert!(client.get(key("killed")).await.is_err());
    assert!(client.set(key("killed"), "1", None, None).await.is_err());
    assert!(client.is_closed());
    assert_eq!(counted("cache_gets_total", "real_killed", "memcached"), [0, 1, 1, 0]);
    assert_eq!(counted("cache_sets_total", "real_killed", "memcached"), [0, 0, 1, 0]);
}
