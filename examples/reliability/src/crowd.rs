//! A thousand clients, in a process of their own.

use std::{
    env,
    error::Error,
    io::{self, BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    time::{sleep, timeout},
};

const CLIENTS: usize = 1000;

/// Clients in a process of their own, until they are told to stop.
pub(crate) struct Crowd {
    child: Child,
    lines: io::Lines<BufReader<ChildStdout>>,
}

impl Crowd {
    /// Returns when all clients have begun.
    pub(crate) fn start(role: &str, address: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(env::current_exe()?)
            .args([role, address])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the child has no output")?;
        let mut lines = BufReader::new(output).lines();
        lines.next().ok_or("the child has ended")??;
        Ok(Self { child, lines })
    }

    /// Ends the clients. Returns the number of whole responses that they got.
    pub(crate) fn stop(&mut self) -> Result<u64, Box<dyn Error>> {
        drop(self.child.stdin.take());
        let answered = self.lines.next().ok_or("the child has ended")??.parse()?;
        self.child.wait()?;
        Ok(answered)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Runs clients until the standard input ends. Prints a line when they have begun, and in the end the number of whole
/// responses that they got.
pub(crate) fn run<F>(address: &str, client: fn(String, Arc<AtomicU64>) -> F) -> Result<(), Box<dyn Error>>
where
    F: Future<Output = ()> + Send + 'static,
{
    let answered = Arc::new(AtomicU64::new(0));
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    for _ in 0..CLIENTS {
        runtime.spawn(client(address.to_owned(), Arc::clone(&answered)));
    }
    println!("begun");
    io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", answered.load(Ordering::Relaxed));
    runtime.shutdown_background();
    Ok(())
}

/// Scrapes, each time on a new connection, as long as the program runs.
pub(crate) async fn scrape_for_ever(address: String, answered: Arc<AtomicU64>) {
    loop {
        let mut response = Vec::new();
        let scrape = async {
            let mut stream = TcpStream::connect(&address).await?;
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n").await?;
            stream.read_to_end(&mut response).await
        };
        if scrape.await.is_ok() && response.starts_with(b"HTTP/1.1 200 ") {
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Sends a head that never ends, a few bytes each second. Begins anew when the endpoint has had enough.
pub(crate) async fn say_little(address: String, _: Arc<AtomicU64>) {
    loop {
        let Ok(Ok(mut stream)) = timeout(Duration::from_secs(5), TcpStream::connect(&address)).await else {
            continue;
        };
        let mut said: &[u8] = b"GET /metrics HTTP/1.1\r\n";
        while stream.write_all(said).await.is_ok() {
            said = b"X: x\r\n";
            sleep(Duration::from_secs(1)).await;
        }
    }
}
