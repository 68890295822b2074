//! Real servers, which `tests/servers/run.sh` starts. The server tests of all cache packages include this file.

use std::{
    env,
    process::{self, Command},
};

/// A variable that the script has set.
pub(crate) fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests/servers/run.sh"))
}

/// A key that no other test and no other run uses.
pub(crate) fn key(name: &str) -> String {
    format!("tallymark:{}:{name}", process::id())
}

/// A server of a test's own, to be killed by it.
pub(crate) struct OwnServer {
    name: String,
    pub(crate) url: String,
}

fn control(arguments: &[&str]) -> String {
    let output = Command::new("bash").arg(setting("TALLYMARK_TEST_SERVERS")).args(arguments).output();
    let output = output.expect("the script runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl OwnServer {
    pub(crate) fn start(kind: &str) -> Self {
        let started = control(&["start", kind]);
        let (name, url) = started.split_once(' ').expect("a name and a URL");
        Self { name: name.to_owned(), url: url.to_owned() }
    }

    pub(crate) fn kill(&self) {
        control(&["kill", &self.name]);
    }
}
