//! A file for a database of SQLite.

use std::{env, fs, path::PathBuf, process};

/// A path in the directory for temporary files. Dropping it removes the file.
pub(crate) struct File(pub(crate) PathBuf);

impl File {
    pub(crate) fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", process::id()));
        drop(fs::remove_file(&path));
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}
