//! Servers of `tests/servers/`.

use std::{env, process::Command};

/// The address of a server that all tests share.
pub(crate) fn shared(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: bash tests/servers/run.sh"))
}

/// A server of one test's own, which it may kill.
pub(crate) struct Server {
    name: String,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(kind: &str) -> Self {
        let told = control(&["start", kind]);
        let (name, url) = told.trim().split_once(' ').expect("a name and an address");
        Self { name: name.to_owned(), url: url.to_owned() }
    }

    pub(crate) fn kill(&self) {
        control(&["kill", &self.name]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn control(arguments: &[&str]) -> String {
    let script = shared("TALLYMARK_TEST_SERVERS");
    let output = Command::new("bash").arg(script).args(arguments).output().expect("there is a bash");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
