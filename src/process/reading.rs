//! One look at a process, whatever the system.

use std::io;

/// What one look at the process has shown. What could not be read is absent.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub(super) cpu_seconds: Option<f64>,
    pub(super) open_fds: Option<u64>,
    pub(super) max_fds: Option<u64>,
    pub(super) virtual_bytes: Option<u64>,
    pub(super) max_virtual_bytes: Option<u64>,
    pub(super) resident_bytes: Option<u64>,
    pub(super) start_seconds: Option<f64>,
    pub(super) threads: Option<u64>,
}

/// Something that looks at processes.
pub(super) trait Read: Send + Sync + 'static {
    /// Families that this system never shows.
    const ABSENT: &'static [&'static str] = &[];

    /// Looks at this process. Also returns why its status could not be read.
    fn read(&self) -> (Reading, io::Result<()>);

    /// Looks at another process.
    fn read_other(&self, pid: u32) -> Reading {
        let _ = pid;
        Reading::default()
    }
}
