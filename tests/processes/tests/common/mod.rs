//! Processes of a group that do what they are told.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const WORKER: &str = env!("CARGO_BIN_EXE_processes-tests");

/// Makes an empty directory for a group.
pub(crate) fn directory(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("tallymark-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory");
    path
}

/// Returns what a process shows that has just been started, and that is not one of the group.
pub(crate) fn read(directory: &Path) -> String {
    let output = Command::new(WORKER).arg("read").arg(directory).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A process that does what it is told.
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts one that obeys these commands.
    pub(crate) fn start(commands: &str, directory: &Path) -> Self {
        let mut child = Command::new(WORKER)
            .arg(commands)
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut worker = Self { child, input, output };
        assert_eq!(worker.written(), "");
        worker
    }

    /// Returns what it writes until it is done.
    fn written(&mut self) -> String {
        let mut text = String::new();
        while !text.ends_with("done\n") {
            assert_ne!(self.output.read_line(&mut text).expect("it reads"), 0, "it has ended: {text}");
        }
        text.truncate(text.len() - "done\n".len());
        text
    }

    /// Has it do something, and returns what it writes.
    pub(crate) fn tell(&mut self, what: &str) -> String {
        writeln!(self.input, "{what}").expect("it reads");
        self.written()
    }

    /// Ends it by a signal that cannot be caught.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is there");
        self.child.wait().expect("it ends");
    }
}
