//! Requests of Remote Write that wait for a receiver.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    time::Duration,
};

use tallymark::registry::{CollectError, Collector, Families, register_collector};
use tallymark_push::RemoteWriteProtocol;

use super::collectors::patience;
use crate::{meter::Meter, subject::Subject};

pub const SUBJECTS: [Subject; 1] =
    [Subject::new("waiting", "requests of Remote Write that wait", waiting).up_to(2_000).least(96)];

/// Holds the first request until it is released, and then takes all.
struct Holding {
    address: String,
    arrived: Receiver<()>,
    release: Sender<()>,
}

impl Holding {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let (arrives, arrived) = mpsc::channel();
        let (release, released) = mpsc::channel();
        std::thread::spawn(move || {
            let mut held = true;
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                while request(&mut reader).is_ok() {
                    if arrives.send(()).is_err() || std::mem::take(&mut held) && released.recv().is_err() {
                        return;
                    }
                    if reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_err() {
                        break;
                    }
                }
            }
        });
        Ok(Self { address, arrived, release })
    }
}

/// Reads a request to its end.
fn request(reader: &mut BufReader<TcpStream>) -> io::Result<()> {
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink()).map(drop)
}

/// Holds each reading of all metrics, after it was said that it began, until it is told to go on.
struct Turns {
    begins: Sender<()>,
    goes_on: Mutex<Receiver<()>>,
}

impl Collector for Turns {
    fn name(&self) -> &'static str {
        "turns"
    }

    fn collect(&self, _: &mut Families) -> Result<(), CollectError> {
        self.begins.send(())?;
        let goes_on = self.goes_on.lock().unwrap_or_else(PoisonError::into_inner);
        goes_on.recv().map_err(Into::into)
    }
}

fn waiting(meter: &mut Meter, n: usize) {
    patience();
    let receiver = Holding::start().expect("a port");
    let ((begins, began), (go_on, goes_on)) = (mpsc::channel(), mpsc::channel());
    let registration = register_collector(Turns { begins, goes_on: Mutex::new(goes_on) });
    let guard = tallymark_push::remote_write(format!("http://{}/", receiver.address))
        .interval(Duration::from_millis(1))
        .timeout(Duration::from_secs(600))
        .shutdown_timeout(Duration::from_secs(1))
        .queue_bytes(1 << 30)
        .protocol(RemoteWriteProtocol::V1)
        .on_error(|_| {})
        .start()
        .expect("good settings");
    let next = || began.recv().expect("it is read every millisecond");
    meter.part("read", || {
        next();
        for _ in 0..n {
            go_on.send(()).expect("a reading is held");
            // What was read before is in the queue by then, and nothing is read as long as this one is held.
            next();
        }
        receiver.arrived.recv().expect("the first is on its way");
    });
    meter.part("written", || {
        receiver.release.send(()).expect("it is held");
        (1..n).for_each(|_| receiver.arrived.recv().expect("the next one"));
    });
    drop((go_on, registration, guard));
}
