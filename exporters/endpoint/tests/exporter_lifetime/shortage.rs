//! An endpoint whose process runs out of file descriptors.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use crate::{
    alone,
    client::{Client, PATIENCE},
    serve,
};

const DESCRIPTORS: usize = 32;

/// The process with the shortage. The test below runs it.
#[test]
#[ignore = "runs as a child of the next test"]
fn child() {
    println!("address {}", serve_detached());
    let mut until_the_parent_is_done = String::new();
    std::io::stdin().read_to_string(&mut until_the_parent_is_done).expect("a pipe");
}

fn serve_detached() -> std::net::SocketAddr {
    let exporter = serve();
    let address = exporter.local_addr();
    exporter.detach();
    address
}

#[cfg(unix)]
#[test]
fn accepting_goes_on_after_a_shortage_of_descriptors() {
    let _alone = alone();
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n \"$1\" && exec \"$2\" shortage::child --exact --ignored --nocapture", "sh"])
        .arg(DESCRIPTORS.to_string())
        .arg(env::current_exe().expect("this test"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let address = lines
        .find_map(|line| Some(line.expect("text").split_once("address ")?.1.parse().expect("an address")))
        .expect("the child serves");

    // Some of these wait to be accepted until others have gone.
    let crowd: Vec<Client> = (0..2 * DESCRIPTORS).map(|_| Client::connect(address)).collect();
    drop(crowd);
    let deadline = Instant::now() + PATIENCE;
    loop {
        // Collectors that read files may still lack descriptors in the first moments; a response must come anyway.
        if Client::connect(address).ask("GET", "/metrics", &[]).status == 200 {
            break;
        }
        assert!(Instant::now() < deadline, "no scrape succeeds");
        thread::yield_now();
    }
    drop(child.stdin.take());
    assert!(child.wait().expect("the child ends").success());
}
