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
    os::unix::fs::DirEntryExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tallymark_core::__private_v4::shared::{self, format::name};

/// How often the directory is read again if files are folded meanwhile.
const TRIES: usize = 64;
/// Unfinished files that are younger than this may still be written, and are kept.
const UNFINISHED: Duration = Duration::from_secs(60);

/// What was seen when the directory was last read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// How many processes are alive.
    pub(crate) living: u64,
    pub(crate) skipped: BTreeMap<&'static str, u64>,
    /// How often a file could not grow.
    pub(crate) failed_growths: u64,
    /// How often this process could not fold the files of the dead.
    pub(crate) failed_folds: u64,
}

/// Labels of living processes. Those of two containers may have the same id: the one that was started first has it as it
/// is.
#[derive(Debug, Default)]
struct Taken(HashSet<Arc<str>>);

impl Taken {
    /// The label of a process; the older ones come first.
    fn label(&mut self, source: &Source) -> Arc<str> {
        if self.0.insert(Arc::clone(&source.label)) {
            return Arc::clone(&source.label);
        }
        let id = source.header.id;
        format!("{}-{:02x}{:02x}", source.label, id[0], id[1]).into()
    }
}

/// The files of a group, and what they hold.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    group: String,
    sources: HashMap<OsString, Source>,
    /// The labels of processes, by their places.
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
    pub(crate) fn new(path: PathBuf, group: String) -> Self {
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

    /// The labels of processes, by their places.
    pub(crate) fn labels(&self) -> &[Arc<str>] {
        &self.labels
    }

    fn skip(&mut self, reason: Unusable) {
        *self.seen.skipped.entry(reason.reason()).or_default() += 1;
    }

    /// The id of the accumulator that there is now.
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
        self.seen.living = 0;
        self.seen.failed_growths = 0;
        self.merged.clear();
        self.labels.clear();
        self.labels.push("".into());
        faults::point("open");
        let before = self.open_accumulator();
        faults::point("opened");
        if before.is_none() {
            self.accumulator = None;
        }
        let mut folded = HashSet::new();
        if let Some(mut source) = self.accumulator.take() {
            match source.add_to(&mut self.merged, 0, false) {
                Ok(()) => {
                    folded.extend(source.folded.iter().copied());
                    self.accumulator = Some(source);
                }
                Err(reason) => self.skip(reason),
            }
        }
        faults::point("accumulated");
        let names: HashMap<OsString, u64> = fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| (entry.file_name(), entry.ino()))
            .filter(|(name, _)| is_process(name))
            .collect();
        faults::point("listed");
        let gone: Vec<OsString> = self
            .sources
            .iter()
            .filter(|(name, source)| names.get(*name) != Some(&source.inode))
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.stale += self.sources.remove(&name).map_or(0, |source| source.len());
        }
        for (name, inode) in names {
            if let Err(reason) = self.open(&name, inode) {
                self.skip(reason);
            }
        }
        let mut names: Vec<(u64, OsString)> =
            self.sources.iter().map(|(name, source)| (source.header.started, name.clone())).collect();
        names.sort_unstable();
        let mut taken = Taken::default();
        for (_, name) in names {
            let Some(source) = self.sources.get_mut(&name) else { continue };
            if folded.contains(&source.header.id) {
                continue;
            }
            // Asked before it is read, so that what is gone is read to the end.
            let alive = source.file.is_locked();
            faults::point("asked");
            let place = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
            match source.add_to(&mut self.merged, place, alive) {
                Ok(()) => {
                    self.stale += source.take_replaced();
                    self.seen.failed_growths += source.header.failures;
                    self.seen.living += u64::from(alive);
                    let label = if alive { taken.label(source) } else { Arc::clone(&source.label) };
                    self.labels.push(label);
                }
                Err(reason) => {
                    self.stale += self.sources.remove(&name).map_or(0, |source| source.len());
                    self.skip(reason);
                }
            }
        }
        faults::point("added");
        let after =
            file::open(&self.path.join(name::ACCUMULATOR)).ok().and_then(|file| Source::open(file).ok());
        after.map(|source| source.header.id) == before
    }

    /// Opens the file of a process, which the directory has this inode for, unless it is open.
    fn open(&mut self, name: &OsString, inode: u64) -> Result<(), Unusable> {
        if self.sources.contains_key(name) {
            return Ok(());
        }
        let file = match file::open(&self.path.join(name)) {
            // It was folded since the names were read, which is seen later.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(Unusable::Foreign),
            file => file.map_err(|_| Unusable::Io)?,
        };
        let mut source = Source::open(file)?;
        source.inode = inode;
        // A copy of a file under another name would be counted twice.
        if source.header.is_accumulator || *name != *file_name(source.header.id) {
            return Err(Unusable::Foreign);
        }
        if self.group != source.header.group {
            return Err(Unusable::Group);
        }
        self.sources.insert(name.clone(), source);
        Ok(())
    }

    /// Folds the files of dead processes into the accumulator, unless another process is doing so or the directory is
    /// read-only.
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
        faults::point("fold");
        let Ok(lock) = File::options().create(true).append(true).open(self.path.join(name::LOCK)) else {
            return;
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return;
        }
        faults::point("locked");
        if self.fold_locked(&dead).is_err() {
            self.seen.failed_folds += 1;
        }
        faults::point("unlock");
    }

    fn fold_locked(&mut self, dead: &[OsString]) -> io::Result<()> {
        // From the file system and not from what was read before: another process may have folded since.
        let mut merged = Merged::default();
        let (mut generation, mut known) = (0, HashSet::new());
        let accumulator = self.path.join(name::ACCUMULATOR);
        match file::open(&accumulator) {
            Ok(file) => match Source::open(file) {
                Ok(mut source) => {
                    source
                        .add_to(&mut merged, 0, false)
                        .map_err(|reason| io::Error::other(reason.reason()))?;
                    generation = source.header.generation;
                    known.extend(source.folded);
                }
                // One of another boot or version is replaced, because no living process can read it.
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
        for id in &folded {
            known.remove(id);
        }
        folded.extend(known.into_iter().filter(|id| self.path.join(file_name(*id)).exists()));
        faults::point("read");
        if is_new {
            let id = random_id()?;
            let new = self.path.join(file_name(id)).with_extension("new");
            let boot = file::boot();
            let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let identity = Identity {
                id,
                boot,
                group: &self.group,
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
        // Only files that are in the accumulator are deleted. If this is interrupted, the next fold deletes the rest.
        for name in names {
            fs::remove_file(self.path.join(name))?;
            faults::point("deleted");
        }
        self.remove_unfinished();
        Ok(())
    }

    /// Deletes files whose writer was killed before they had their name.
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

/// The processes of a directory that are alive: their labels and ids.
pub(crate) fn living(path: &Path) -> Vec<(String, u32)> {
    let names = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut living: Vec<(u64, OsString, Source)> = names
        .filter(is_process)
        .filter_map(|name| {
            let source = Source::open(file::open(&path.join(&name)).ok()?).ok()?;
            let is_living = name == *file_name(source.header.id) && source.file.is_locked();
            is_living.then_some((source.header.started, name, source))
        })
        .collect();
    living.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut taken = Taken::default();
    living.iter().map(|(.., source)| (taken.label(source).to_string(), source.header.pid)).collect()
}

/// The group that a directory belongs to, which is that of any living process in it.
pub(crate) fn group_of(path: &Path) -> Option<String> {
    let names = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.filter(is_process).find_map(|name| {
        let source = Source::open(file::open(&path.join(name)).ok()?).ok()?;
        source.file.is_locked().then_some(source.header.group)
    })
}

/// Deletes the files from before the machine was last started, which no process counts in or can read.
pub(crate) fn remove_other_boots(path: &Path) {
    if shared::id().is_none() {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !is_process(&name) && name != *name::ACCUMULATOR {
            continue;
        }
        let Ok(file) = file::open(&entry.path()) else { continue };
        // A sandbox may have a boot id of its own, so a file that is locked is in use.
        let is_locked = flock(&file, FlockOperation::NonBlockingLockShared).is_err();
        if !is_locked && matches!(Source::open(file), Err(Unusable::Boot)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
