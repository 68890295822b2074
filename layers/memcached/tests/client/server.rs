//! A server that speaks enough of memcached's text and meta protocols for a test.

use std::{collections::BTreeMap, net::SocketAddr};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

type Items = BTreeMap<String, Vec<u8>>;

/// Serves one connection after the other, each with no items, until the runtime ends.
pub(crate) async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Ends with the connection, and at `die`, which is also sent for a value of that name.
async fn serve(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut items = Items::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 || line.contains("die") {
            return None;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let length = match words.as_slice() {
            ["set" | "add", _, _, _, length] | ["ms", _, length, ..] => length.parse::<usize>().ok(),
            _ => None,
        };
        let mut data = vec![0; length.map_or(0, |length| length + 2)];
        stream.read_exact(&mut data).await.ok()?;
        data.truncate(length.unwrap_or(0));
        if words.get(1) == Some(&"hang") {
            continue;
        }
        let answer = answer(&words, data, &mut items);
        stream.write_all(&answer).await.ok()?;
    }
}

fn answer(words: &[&str], data: Vec<u8>, items: &mut Items) -> Vec<u8> {
    let quiet = words.contains(&"q");
    match words {
        ["get", keys @ ..] => {
            let mut answer = Vec::new();
            for key in keys {
                if let Some(value) = items.get(*key) {
                    answer.extend(format!("VALUE {key} 0 {}\r\n", value.len()).into_bytes());
                    answer.extend(value);
                    answer.extend(b"\r\n");
                }
            }
            answer.extend(b"END\r\n");
            answer
        }
        ["set", "full", ..] => b"SERVER_ERROR out of memory storing object\r\n".to_vec(),
        ["add", key, ..] if items.contains_key(*key) => b"NOT_STORED\r\n".to_vec(),
        ["set" | "add", key, ..] => {
            items.insert((*key).to_owned(), data);
            b"STORED\r\n".to_vec()
        }
        ["delete", key, "noreply"] => {
            items.remove(*key);
            Vec::new()
        }
        ["delete", key] => {
            let removed = items.remove(*key).is_some();
            if removed { b"DELETED\r\n".to_vec() } else { b"NOT_FOUND\r\n".to_vec() }
        }
        ["incr", key, amount] => match items.get_mut(*key) {
            Some(value) => {
                let old: u64 = String::from_utf8_lossy(value).parse().unwrap_or(0);
                *value = (old + amount.parse::<u64>().unwrap_or(0)).to_string().into_bytes();
                [value.as_slice(), b"\r\n"].concat()
            }
            None => b"NOT_FOUND\r\n".to_vec(),
        },
        ["mg", key, flags @ ..] => match items.get(*key) {
            Some(value) if flags.contains(&"v") => {
                let name = if flags.contains(&"k") { format!(" k{key}") } else { String::new() };
                let head = format!("VA {}{name}\r\n", value.len());
                [head.as_bytes(), value, b"\r\n"].concat()
            }
            Some(_) => b"HD\r\n".to_vec(),
            None if quiet => Vec::new(),
            None => b"EN\r\n".to_vec(),
        },
        ["ms", key, ..] => {
            items.insert((*key).to_owned(), data);
            if quiet { Vec::new() } else { b"HD\r\n".to_vec() }
        }
        ["md", key, ..] => {
            let removed = items.remove(*key).is_some();
            if removed { b"HD\r\n".to_vec() } else { b"NF\r\n".to_vec() }
        }
        ["mn"] => b"MN\r\n".to_vec(),
        ["version"] => b"VERSION 1.6.0\r\n".to_vec(),
        ["flush_all"] => {
            items.clear();
            b"OK\r\n".to_vec()
        }
        _ => b"ERROR\r\n".to_vec(),
    }
}
