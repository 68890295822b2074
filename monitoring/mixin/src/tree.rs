//! Generated files in a directory.

use crate::{
    FileDifference, GeneratedFile, MixinError,
    diff::diff,
    file::{Author, author},
};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// A difference between a file on disk and its generated text.
struct Step<'a> {
    path: &'a Path,
    /// The text on disk.
    old: Option<String>,
    /// The generated text; `None` if the file should not exist.
    new: Option<&'a str>,
}

impl Step<'_> {
    fn difference(&self) -> FileDifference {
        let diff = diff(self.old.as_deref().unwrap_or(""), self.new.unwrap_or(""));
        FileDifference { path: self.path.to_path_buf(), diff }
    }

    /// Returns whether writing the file would overwrite a manual change.
    fn destroys(&self) -> bool {
        self.old.as_deref().is_some_and(|old| author(old) != Author::Mixin)
    }
}

/// Compares the directory with the generated files.
///
/// # Errors
///
/// If files differ or are missing, or were generated once and should not be there any more; or if one cannot be read.
pub(crate) fn check(directory: &Path, files: &[GeneratedFile]) -> Result<(), MixinError> {
    let old = outdated(directory, files)?;
    let steps = steps(directory, files, &old)?;
    if steps.is_empty() {
        return Ok(());
    }
    let files = steps.iter().map(Step::difference).collect();
    Err(MixinError::Outdated { directory: directory.to_path_buf(), files })
}

/// Writes the generated files into the directory. Files that were not generated, or were changed since, are not touched.
///
/// # Errors
///
/// If a file would have to be written that a person has written or changed: then nothing is written; or if one cannot be
/// written.
pub(crate) fn write(directory: &Path, files: &[GeneratedFile]) -> Result<(), MixinError> {
    let old = outdated(directory, files)?;
    let steps = steps(directory, files, &old)?;
    let destroyed: Vec<FileDifference> =
        steps.iter().filter(|step| step.destroys()).map(Step::difference).collect();
    if !destroyed.is_empty() {
        return Err(MixinError::ChangedByHand { directory: directory.to_path_buf(), files: destroyed });
    }
    for step in &steps {
        let path = directory.join(step.path);
        let done = match step.new {
            Some(text) => {
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| replace(&path, text))
            }
            None => fs::remove_file(&path),
        };
        done.map_err(|source| MixinError::Io { path, source })?;
    }
    Ok(())
}

/// Writes a file atomically: after a crash, it is complete or as it was before.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

fn steps<'a>(
    directory: &Path,
    files: &'a [GeneratedFile],
    outdated: &'a [(PathBuf, String)],
) -> Result<Vec<Step<'a>>, MixinError> {
    let mut steps = Vec::new();
    for file in files {
        let old = read(&directory.join(&file.path))?;
        // A checkout may convert line feeds to CRLF.
        if old.as_deref().map(|old| old.replace("\r\n", "\n")).as_deref() != Some(&file.text) {
            steps.push(Step { path: &file.path, old, new: Some(&file.text) });
        }
    }
    for (path, text) in outdated {
        steps.push(Step { path, old: Some(text.clone()), new: None });
    }
    Ok(steps)
}

/// Returns generated files that the program no longer generates.
fn outdated(directory: &Path, files: &[GeneratedFile]) -> Result<Vec<(PathBuf, String)>, MixinError> {
    let current: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(within) = open.pop() {
        let path = directory.join(&within);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(MixinError::Io { path, source }),
        };
        for entry in entries {
            let io = |source| MixinError::Io { path: path.clone(), source };
            let entry = entry.map_err(io)?;
            let within = within.join(entry.file_name());
            if entry.file_type().map_err(io)?.is_dir() {
                open.push(within);
            } else if !current.contains(within.as_path()) {
                // A file that is not UTF-8 was not generated.
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    if author(&text) != Author::Other {
                        found.push((within, text));
                    }
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Option<String>, MixinError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(MixinError::Io { path: path.to_path_buf(), source }),
    }
}
