//! A server that speaks enough of Redis for a test: strings, hashes, transactions, and ways to fail.

use redis::{AsyncConnectionConfig, Client, aio::MultiplexedConnection};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    connections: Mutex<Vec<TcpStream>>,
    keys: Mutex<BTreeMap<String, Key>>,
}

enum Key {
    Text(String),
    Hash(BTreeMap<String, String>),
}

pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { return };
                let shared = Arc::clone(&accepting);
                let Ok(kept) = stream.try_clone() else { return };
                shared.connections.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
                thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(format!("redis://{}/", self.address)).expect("it is a URL")
    }

    /// A connection that waits for replies however long they take on a busy machine.
    pub(crate) async fn connect(&self) -> MultiplexedConnection {
        let patient = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = self.client().get_multiplexed_async_connection_with_config(&patient).await;
        connection.expect("the server accepts")
    }

    /// Closes all connections, and refuses new ones.
    pub(crate) fn stop(&self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then closes its socket.
        let _ = TcpStream::connect(self.address);
        while TcpStream::connect(self.address).is_ok() {
            thread::yield_now();
        }
        for connection in self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut transaction: Option<Vec<Vec<String>>> = None;
    loop {
        let command = read(&mut reader).ok()?;
        let name = command.first()?.to_ascii_uppercase();
        let answer = match (name.as_str(), &mut transaction) {
            ("DIE", _) => return stream.shutdown(Shutdown::Both).ok(),
            ("HANG", _) => continue,
            ("MULTI", none) => {
                *none = Some(Vec::new());
                "+OK\r\n".to_owned()
            }
            ("EXEC", some) => {
                let commands = some.take().unwrap_or_default();
                if commands.iter().any(|command| command.first().is_some_and(|name| name == "ABORT")) {
                    "*-1\r\n".to_owned()
                } else {
                    let mut answers = format!("*{}\r\n", commands.len());
                    answers.extend(commands.iter().map(|command| answer(command, shared)));
                    answers
                }
            }
            ("DISCARD", some) => {
                *some = None;
                "+OK\r\n".to_owned()
            }
            (_, Some(commands)) => {
                commands.push(command);
                "+QUEUED\r\n".to_owned()
            }
            (_, None) => answer(&command, shared),
        };
        (&*stream).write_all(answer.as_bytes()).ok()?;
    }
}

/// An array of bulk strings.
fn read(reader: &mut impl BufRead) -> io::Result<Vec<String>> {
    let count = read_number(reader)?;
    (0..count)
        .map(|_| {
            let mut bytes = vec![0; read_number(reader)? + 2];
            io::Read::read_exact(reader, &mut bytes)?;
            bytes.truncate(bytes.len() - 2);
            String::from_utf8(bytes).map_err(|error| io::Error::other(error.to_string()))
        })
        .collect()
}

fn read_number(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line[1..].trim_end().parse().map_err(|_| io::Error::other(line.clone()))
}

fn bulk(text: Option<&String>) -> String {
    text.map_or_else(|| "$-1\r\n".to_owned(), |text| format!("${}\r\n{text}\r\n", text.len()))
}

fn answer(command: &[String], shared: &Shared) -> String {
    const WRONG: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
    let mut keys = shared.keys.lock().unwrap_or_else(PoisonError::into_inner);
    let parts: Vec<&str> = command.iter().map(String::as_str).collect();
    let text = |key: &str| match keys.get(key) {
        Some(Key::Text(text)) => Some(text),
        _ => None,
    };
    match parts.as_slice() {
        ["GET", key] => match keys.get(*key) {
            Some(Key::Hash(_)) => WRONG.to_owned(),
            _ => bulk(text(key)),
        },
        ["MGET", names @ ..] => {
            let mut answer = format!("*{}\r\n", names.len());
            answer.extend(names.iter().map(|key| bulk(text(key))));
            answer
        }
        ["SET", key, _, "NX"] if keys.contains_key(*key) => "$-1\r\n".to_owned(),
        ["SET", key, value, ..] => {
            keys.insert((*key).to_owned(), Key::Text((*value).to_owned()));
            "+OK\r\n".to_owned()
        }
        ["DEL", names @ ..] => {
            let deleted = names.iter().filter(|key| keys.remove(**key).is_some()).count();
            format!(":{deleted}\r\n")
        }
        ["HSET", key, field, value] => {
            let entry = keys.entry((*key).to_owned()).or_insert_with(|| Key::Hash(BTreeMap::new()));
            match entry {
                Key::Hash(hash) => {
                    let old = hash.insert((*field).to_owned(), (*value).to_owned());
                    format!(":{}\r\n", u8::from(old.is_none()))
                }
                Key::Text(_) => WRONG.to_owned(),
            }
        }
        ["HGETALL", key] => match keys.get(*key) {
            Some(Key::Text(_)) => WRONG.to_owned(),
            Some(Key::Hash(hash)) => {
                let mut answer = format!("*{}\r\n", hash.len() * 2);
                answer.extend(hash.iter().flat_map(|(field, value)| [bulk(Some(field)), bulk(Some(value))]));
                answer
            }
            None => "*0\r\n".to_owned(),
        },
        ["PING", ..] => "+PONG\r\n".to_owned(),
        ["CLIENT" | "ABORT", ..] => "+OK\r\n".to_owned(),
        _ => "-ERR unknown command\r\n".to_owned(),
    }
}
