//! The process as Linux shows it.

mod auxv;
mod boot;
mod limits;
mod stat;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use self::{auxv::Units, limits::Limits, stat::Stat};
use super::reading::{Read, Reading};

/// Reads a `proc` file system.
pub(super) struct Reader {
    root: PathBuf,
    /// The directory of the process.
    process: PathBuf,
    units: Units,
    /// It is calculated once: what it is calculated from is long on large machines, and moves with corrections of the
    /// system's clock.
    start: OnceLock<f64>,
    /// When the machine was started, which is read once for all processes.
    boot: Arc<OnceLock<u64>>,
}

impl Reader {
    pub(super) fn new(root: &Path) -> Self {
        let units = Units::parse(&fs::read(root.join("self/auxv")).unwrap_or_default());
        Self {
            root: root.to_owned(),
            process: root.join("self"),
            units,
            start: OnceLock::new(),
            boot: Arc::default(),
        }
    }

    /// One for another process, of the same units.
    fn other(&self, pid: u32) -> Self {
        let process = self.root.join(pid.to_string());
        Self {
            root: self.root.clone(),
            process,
            units: self.units,
            start: OnceLock::new(),
            boot: Arc::clone(&self.boot),
        }
    }

    fn seconds(&self, ticks: u64) -> f64 {
        ticks as f64 / self.units.ticks_per_second as f64
    }

    /// The one that lists the others is not counted.
    fn open_fds(&self) -> Option<u64> {
        let mut count: u64 = 0;
        for entry in fs::read_dir(self.process.join("fd")).ok()? {
            entry.ok()?;
            count += 1;
        }
        count.checked_sub(u64::from(self.process.ends_with("self")))
    }

    fn start(&self, ticks: Option<u64>) -> Option<f64> {
        if let Some(start) = self.start.get() {
            return Some(*start);
        }
        let boot = if let Some(boot) = self.boot.get() {
            *boot
        } else {
            let boot = boot::seconds(&fs::read(self.root.join("stat")).ok()?)?;
            *self.boot.get_or_init(|| boot)
        };
        let start = boot as f64 + self.seconds(ticks?);
        Some(*self.start.get_or_init(|| start))
    }
}

impl Read for Reader {
    fn read(&self) -> (Reading, io::Result<()>) {
        let (stat, status) = match fs::read(self.process.join("stat")) {
            Ok(bytes) => (Stat::parse(&bytes), Ok(())),
            Err(error) => (Stat::default(), Err(error)),
        };
        let limits = fs::read(self.process.join("limits")).map(|bytes| Limits::parse(&bytes));
        let limits = limits.unwrap_or_default();
        let cpu = stat.user.zip(stat.system).map(|(user, system)| user.saturating_add(system));
        let reading = Reading {
            cpu_seconds: cpu.map(|ticks| self.seconds(ticks)),
            open_fds: self.open_fds(),
            max_fds: limits.open_files,
            virtual_bytes: stat.virtual_bytes,
            max_virtual_bytes: limits.address_space,
            resident_bytes: stat.resident_pages.map(|pages| pages.saturating_mul(self.units.page_bytes)),
            start_seconds: self.start(stat.start),
            threads: stat.threads,
        };
        (reading, status)
    }

    fn read_other(&self, pid: u32) -> Reading {
        self.other(pid).read().0
    }
}
