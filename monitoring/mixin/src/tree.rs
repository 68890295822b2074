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

/// What has to be done to a file.
struct Step<'a> {
    path: &'a Path,
    /// What is there.
    old: Option<String>,
    /// What should be there; `None` if nothing.
    new: Option<&'a str>,
}

impl Step<'_> {
    fn difference(&self) -> FileDifference {
        let diff = diff(self.old.as_deref().unwrap_or(""), self.new.unwrap_or(""));
        FileDifference { path: self.path.to_path_buf(), diff }
    }

    /// Whether it would destroy what a person wrote.
    fn destroys(&self) -> bool {
        self.old.as_deref().is_some_and(|old| author(old) != Author::Mixin)
    }
}

/// Compares the directory with what it should hold.
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

/// Makes the directory hold these files. Files that were not generated, or changed since, are left alone.
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

/// Writes a file so that it is there whole or as before, whatever happens meanwhile.
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
        // Ends of lines are the checkout's.
        if old.as_deref().map(|old| old.replace("\r\n", "\n")).as_deref() != Some(&file.text) {
            steps.push(Step { path: &file.path, old, new: Some(&file.text) });
        }
    }
    for (path, text) in outdated {
        steps.push(Step { path, old: Some(text.clone()), new: None });
    }
    Ok(steps)
}

/// Files that were generated and are no longer: what was declared when they were is not any more.
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
                // What is no text was not generated.
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
