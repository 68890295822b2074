//! The process as macOS shows it.

use std::io;

use proc_pidinfo::{ProcFDInfo, ProcTaskAllInfo, proc_pidinfo_list_self, proc_pidinfo_self};
use rustix::{
    process::{Resource, getrlimit},
    time::{ClockId, clock_gettime},
};

use super::{
    reading::{Read, Reading},
    units::seconds,
};

pub(super) struct System;

impl Read for System {
    fn read(&self) -> (Reading, io::Result<()>) {
        let limit = |resource| Some(getrlimit(resource).current.unwrap_or(u64::MAX));
        // The times of `ProcTaskInfo` are in units that differ from machine to machine.
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let reading = Reading {
            cpu_seconds: Some(seconds(cpu.tv_sec, cpu.tv_nsec)),
            open_fds: proc_pidinfo_list_self::<ProcFDInfo>().ok().map(|fds| fds.len() as u64),
            max_fds: limit(Resource::Nofile),
            max_virtual_bytes: limit(Resource::As),
            ..Reading::default()
        };
        match proc_pidinfo_self::<ProcTaskAllInfo>() {
            Ok(Some(ProcTaskAllInfo { pbsd, ptinfo })) => {
                let microseconds = i64::try_from(pbsd.pbi_start_tvusec).ok();
                let start = i64::try_from(pbsd.pbi_start_tvsec).ok().zip(microseconds);
                let reading = Reading {
                    virtual_bytes: Some(ptinfo.pti_virtual_size),
                    resident_bytes: Some(ptinfo.pti_resident_size),
                    start_seconds: start.map(|(whole, microseconds)| seconds(whole, microseconds * 1000)),
                    threads: ptinfo.pti_threadnum.try_into().ok(),
                    ..reading
                };
                (reading, Ok(()))
            }
            Ok(None) => (reading, Err(io::Error::last_os_error())),
            Err(error) => (reading, Err(error)),
        }
    }
}
