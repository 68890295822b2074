//! The hook by which the registry of this process reads the group.

use crate::{
    directory::{self, Directory},
    python,
    reading::GroupReading,
};
use std::{
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
};
use tallymark_core::__private_v4::{Element, Group, Reading, shared};

/// Where the files of a group are.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) directory: PathBuf,
    pub(crate) group: String,
    pub(crate) python: Option<PathBuf>,
    /// Whether this process has no file of its own.
    pub(crate) is_reader: bool,
}

static SETTINGS: OnceLock<Settings> = OnceLock::new();
static DIRECTORY: Mutex<Option<Directory>> = Mutex::new(None);

pub(crate) fn set(settings: Settings) -> Result<(), Settings> {
    SETTINGS.set(settings)
}

/// The directory that the environment names.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("TALLYMARK_PROCESSES_DIR").map(PathBuf::from).unwrap_or_default()
}

/// The name of a group as the header of a file has it, where there is room for so many bytes.
pub(crate) fn as_in_a_file(group: &str) -> String {
    let bytes = group.as_bytes();
    String::from_utf8_lossy(&bytes[..bytes.len().min(shared::format::TEXT - 2)]).into_owned()
}

/// What the environment says, unless the program has said something else.
fn settings() -> &'static Settings {
    SETTINGS.get_or_init(|| {
        let directory = directory();
        directory::remove_other_boots(&directory);
        let group = std::env::var("TALLYMARK_PROCESSES_GROUP").unwrap_or_default();
        Settings { directory, group: as_in_a_file(&group), python: None, is_reader: false }
    })
}

fn python_directory(settings: &Settings) -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    settings
        .python
        .clone()
        .or_else(|| variable("TALLYMARK_PROCESSES_PYTHON_DIR"))
        .or_else(|| variable("PROMETHEUS_MULTIPROC_DIR"))
        .or_else(|| variable("prometheus_multiproc_dir"))
}

struct Processes;

impl Group for Processes {
    fn read(&self, rename: &dyn Fn(&str, bool) -> Option<String>) -> Option<Box<dyn Reading>> {
        if !is_on() {
            return None;
        }
        let settings = settings();
        let mut directory = DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = directory
            .get_or_insert_with(|| Directory::new(settings.directory.clone(), settings.group.clone()));
        directory.read();
        let python = python_directory(settings).map(|path| python::read(&path)).unwrap_or_default();
        let shows_created = tallymark_core::__private_v4::shows_created();
        let seen = directory.seen.clone();
        Some(Box::new(GroupReading::new(
            &directory.merged,
            directory.labels(),
            seen,
            python,
            rename,
            shows_created,
        )))
    }

    fn living(&self) -> Vec<(String, u32)> {
        if is_on() { directory::living(&settings().directory) } else { Vec::new() }
    }
}

/// Whether this process reads a group.
fn is_on() -> bool {
    SETTINGS.get().is_some_and(|settings| settings.is_reader)
        || shared::status().is_ok_and(|is_shared| is_shared)
}

static PROCESSES: Processes = Processes;

const _: () = {
    tallymark_core::__private_v4::submit!(Element::Group(&PROCESSES));
};
