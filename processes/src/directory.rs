//! The directory of a group: who is alive, who is gone, and what becomes of their files.

use crate::{
    accumulator::{self, Identity},
    faults,
    file::{self, Unusable},
    merged::Merged,
    source::Source,
};
use rustix::fs::{FlockOperation, flock};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ffi::OsString,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tallymark_core::__private::shared::{self, format::name};

/// How often it is looked again if files are folded meanwhile.
const TRIES: usize = 64;
/// Files that are being made, and those that are folded, are left alone for so long.
const UNFINISHED: Duration = Duration::from_secs(60);

/// What was seen at the last look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Processes that are alive, with what tells them apart and their ids in this namespace of processes.
    pub(crate) living: Vec<(Arc<str>, u32)>,
    pub(crate) skipped: BTreeMap<&'static str, u64>,
    /// Files that could not grow.
    pub(crate) failures: u64,
    pub(crate) folded: u64,
    pub(crate) errors: u64,
}

/// The files of a group, and what they hold.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    group: Option<String>,
    sources: HashMap<OsString, Source>,
    /// What tells the values of processes apart, by their places.
    labels: Vec<Arc<str>>,
    accumulator: Option<Source>,
    pub(crate) merged: Merged,
    /// Series of sources that are gone, whose places are still there.
    stale: usize,
    pub(crate) seen: Seen,
}

/// Whether a file's name is that of a process.
fn is_process(name: &OsString) -> bool {
    name.to_str().is_some_and(|name| name.ends_with(name::PROCESS))
}

impl Directory {
    pub(crate) fn new(path: PathBuf, group: Option<String>) -> Self {
        Self {
            path,
            group,
            sources: HashMap::new(),
            labels: Vec::new(),
            accumulator: None,
            merged: Merged::default(),
            stale: 0,
            seen: Seen::default(),
        }
    }

    /// Reads all files, so that `merged` is what they hold. The dead are folded after that.
    pub(crate) fn read(&mut self) {
        for _ in 0..TRIES {
            if self.try_read() {
                break;
            }
        }
        self.fold();
        if self.stale > self.sources.values().map(Source::len).sum::<usize>() + 1024 {
            // Places of what is gone are given back by starting anew.
            *self = Self { seen: self.seen.clone(), ..Self::new(self.path.clone(), self.group.clone()) };
            for _ in 0..TRIES {
                if self.try_read() {
                    break;
                }
            }
        }
    }

    /// What tells the values of processes apart, by their places. Those of two containers may have the same id.
    pub(crate) fn labels(&self) -> Vec<Arc<str>> {
        self.labels.clone()
    }

    fn skip(&mut self, reason: Unusable) {
        *self.seen.skipped.entry(reason.reason()).or_default() += 1;
    }

    /// The generation of the accumulator that there is now, and its place in the file system.
    fn open_accumulator(&mut self) -> Option<[u8; 16]> {
        let file = file::open(&self.path.join(name::ACCUMULATOR)).ok()?;
        match Source::open(file) {
            Ok(source) if source.header.is_accumulator => {
                let id = source.header.id;
                if self.accumulator.as_ref().is_none_or(|known| known.header.id != id) {
                    self.accumulator = Some(source);
                }
                Some(id)
            }
            Ok(_) => {
                self.skip(Unusable::Foreign);
                None
            }
            Err(reason) => {
                self.skip(reason);
                None
            }
        }
    }

    /// Reads all files. Returns `false` if files were folded meanwhile, so that some may be missing, or there twice.
    fn try_read(&mut self) -> bool {
        self.seen.skipped.clear();
        self.seen.living.clear();
        self.seen.failures = 0;
        self.merged.clear();
        self.labels.clear();
        self.labels.push("".into());
        let before = self.open_accumulator();
        if before.is_none() {
            self.accumulator = None;
        }
        let mut places = 0;
        let mut folded = HashSet::new();
        if let Some(mut source) = self.accumulator.take() {
            match source.add_to(&mut self.merged, places, false) {
                Ok(()) => {
                    folded.extend(source.folded.iter().copied());
                    self.accumulator = Some(source);
                }
                Err(reason) => self.skip(reason),
            }
        }
        let names: HashSet<OsString> = fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.file_name()))
            .filter(is_process)
            .collect();
        let gone: Vec<OsString> =
            self.sources.keys().filter(|name| !names.contains(*name)).cloned().collect();
        for name in gone {
            self.stale += self.sources.remove(&name).map_or(0, |source| source.len());
        }
        for name in names {
            places += 1;
            self.labels.push("".into());
            if let Err(reason) = self.add(&name, places, &folded) {
                self.stale += self.sources.remove(&name).map_or(0, |source| source.len());
                self.skip(reason);
            }
        }
        let after =
            file::open(&self.path.join(name::ACCUMULATOR)).ok().and_then(|file| Source::open(file).ok());
        after.map(|source| source.header.id) == before
    }

    fn add(&mut self, name: &OsString, place: u32, folded: &HashSet<[u8; 16]>) -> Result<(), Unusable> {
        if !self.sources.contains_key(name) {
            let file = match file::open(&self.path.join(name)) {
                // It was folded since the names were read, which is seen later.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(Unusable::Foreign),
                file => file.map_err(|_| Unusable::Io)?,
            };
            let source = Source::open(file)?;
            // A copy of a file under another name would be counted twice.
            if source.header.is_accumulator || *name != *file_name(source.header.id) {
                return Err(Unusable::Foreign);
            }
            let group = self.group.get_or_insert_with(|| source.header.group.clone());
            if *group != source.header.group {
                return Err(Unusable::Group);
            }
            self.sources.insert(name.clone(), source);
        }
        let Some(source) = self.sources.get_mut(name) else { return Ok(()) };
        if folded.contains(&source.header.id) {
            return Ok(());
        }
        // Asked before it is read, so that what is gone is read to the end.
        let alive = source.file.is_locked();
        source.add_to(&mut self.merged, place, alive)?;
        self.seen.failures += source.header.failures;
        let is_taken = self.labels.contains(&source.label);
        let label = if is_taken { distinct(source).into() } else { Arc::clone(&source.label) };
        if let Some(place) = self.labels.last_mut() {
            *place = label;
        }
        if alive {
            self.seen.living.push((Arc::clone(&source.label), source.header.pid));
        }
        Ok(())
    }

    /// Folds the files of processes that are gone into the accumulator, unless another process does or the directory is
    /// not to be written to.
    fn fold(&mut self) {
        let dead: Vec<OsString> = self
            .sources
            .iter()
            .filter(|(_, source)| !source.file.is_locked())
            .map(|(name, _)| name.clone())
            .collect();
        if dead.is_empty() {
            return;
        }
        let Ok(lock) = File::options().create(true).append(true).open(self.path.join(name::LOCK)) else {
            return;
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return;
        }
        if let Err(error) = self.fold_locked(&dead) {
            self.seen.errors += 1;
            let _ = error;
        }
        faults::point("unlock");
    }

    fn fold_locked(&mut self, dead: &[OsString]) -> io::Result<()> {
        // From the file system and not from what was read before: another process may have folded since.
        let mut merged = Merged::default();
        let (mut generation, mut known) = (0, Vec::new());
        let accumulator = self.path.join(name::ACCUMULATOR);
        match file::open(&accumulator) {
            Ok(file) => match Source::open(file) {
                Ok(mut source) => {
                    source
                        .add_to(&mut merged, 0, false)
                        .map_err(|reason| io::Error::other(reason.reason()))?;
                    generation = source.header.generation;
                    known = source.folded;
                }
                // One of another boot or version is replaced: nobody can read it any more.
                Err(Unusable::Boot | Unusable::Abi) => {}
                Err(reason) => return Err(io::Error::other(reason.reason())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut folded = Vec::new();
        let mut names = Vec::new();
        let mut is_new = false;
        let mut place = 0;
        for name in dead {
            let Ok(file) = file::open(&self.path.join(name)) else { continue };
            let Ok(mut source) = Source::open(file) else { continue };
            if source.file.is_locked() {
                continue;
            }
            let id = source.header.id;
            if !known.contains(&id) {
                place += 1;
                // Tried on its own first, so that a file that turns out to be bad leaves nothing behind.
                let mut alone = Merged::default();
                if source.add_to(&mut alone, place, false).is_err() {
                    continue;
                }
                let Ok(mut source) =
                    file::open(&self.path.join(name)).map_err(|_| Unusable::Io).and_then(Source::open)
                else {
                    continue;
                };
                if source.add_to(&mut merged, place, false).is_err() {
                    return Err(io::Error::other("a file changed while it was folded"));
                }
                label(&mut merged, place, &source.label);
                is_new = true;
            }
            folded.push(id);
            names.push(name);
        }
        // Of what was folded before, that which is still to be deleted.
        for id in known {
            if !folded.contains(&id) && self.path.join(file_name(id)).exists() {
                folded.push(id);
            }
        }
        faults::point("read");
        if is_new {
            let id = random_id()?;
            let new = self.path.join(file_name(id)).with_extension("new");
            let group = self.group.clone().unwrap_or_default();
            let boot = file::boot();
            let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let identity = Identity {
                id,
                boot,
                group: &group,
                generation: generation + 1,
                started: u64::try_from(started.as_nanos()).unwrap_or(u64::MAX),
            };
            let bytes = accumulator::encode(&merged, &folded, &identity);
            let written = (|| {
                let mut file = File::options().write(true).create_new(true).open(&new)?;
                faults::point("created");
                let (half, rest) = bytes.split_at(bytes.len() / 2);
                file.write_all(half)?;
                faults::point("half");
                file.write_all(rest)?;
                faults::point("written");
                fs::rename(&new, &accumulator)
            })();
            if let Err(error) = written {
                let _ = fs::remove_file(&new);
                return Err(error);
            }
        }
        faults::point("renamed");
        // Only what the accumulator has is deleted; should this be cut off, the next one deletes it.
        for name in names {
            fs::remove_file(self.path.join(name))?;
            self.seen.folded += 1;
            faults::point("deleted");
        }
        self.remove_unfinished();
        Ok(())
    }

    /// Deletes what was never finished.
    fn remove_unfinished(&self) {
        let is_old = |path: &Path| {
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > UNFINISHED))
        };
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.to_str().is_some_and(|path| path.ends_with(name::NEW)) && is_old(&path) {
                let is_locked = file::open(&path)
                    .is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err());
                if !is_locked {
                    let _ = fs::remove_file(path);
                }
            }
        }
    }
}

/// The name of the file of a process.
fn file_name(id: [u8; 16]) -> String {
    format!("{:032x}{}", u128::from_be_bytes(id), name::PROCESS)
}

/// Gives the values of a process that is gone its label.
fn label(merged: &mut Merged, process: u32, label: &Arc<str>) {
    for family in merged.families.iter_mut().filter(|family| family.shape.is_gauge()) {
        for sample in family.points.iter_mut().flatten().flat_map(|point| &mut point.samples) {
            if sample.process == process && sample.label.is_none() {
                sample.label = Some(Arc::clone(label));
            }
        }
    }
}

fn random_id() -> io::Result<[u8; 16]> {
    let mut id = [0; 16];
    io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut id)?;
    Ok(id)
}

/// The processes of a directory that are alive: what their values are labelled with, and their ids.
pub(crate) fn living(path: &Path) -> Vec<(String, u32)> {
    let names = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut living: Vec<(String, u32)> = Vec::new();
    let mut labels = HashSet::new();
    for name in names.filter(is_process) {
        let Ok(source) = file::open(&path.join(&name)).map_err(|_| Unusable::Io).and_then(Source::open)
        else {
            continue;
        };
        if name != *file_name(source.header.id) || !source.file.is_locked() {
            continue;
        }
        let label = if labels.insert(source.label.to_string()) {
            source.label.to_string()
        } else {
            distinct(&source)
        };
        living.push((label, source.header.pid));
    }
    living
}

/// A label for a process, where another one has the same.
fn distinct(source: &Source) -> String {
    format!("{}-{:02x}{:02x}", source.label, source.header.id[0], source.header.id[1])
}

/// The group whose directory it is: that of any living process there.
pub(crate) fn group_of(path: &Path) -> Option<String> {
    let names = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.filter(is_process).find_map(|name| {
        let source = Source::open(file::open(&path.join(name)).ok()?).ok()?;
        source.file.is_locked().then_some(source.header.group)
    })
}

/// Deletes the files of a machine that was started again since, which nobody counts in and nobody can read.
pub(crate) fn remove_other_boots(path: &Path) {
    let own = shared::id();
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !is_process(&name) && name != *name::ACCUMULATOR {
            continue;
        }
        let opened = file::open(&entry.path()).map_err(|_| Unusable::Io).and_then(|file| {
            let is_locked = flock(&file, FlockOperation::NonBlockingLockShared).is_err();
            Source::open(file).map(|source| (source, is_locked))
        });
        if matches!(opened, Err(Unusable::Boot)) && own.is_some() {
            let _ = fs::remove_file(entry.path());
        }
    }
}
