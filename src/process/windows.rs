//! The process as Windows shows it.

use std::io;

use winsafe::{FILETIME, HPROCESS, prelude::*};

use super::{
    reading::{Read, Reading},
    units::{intervals, span_seconds, unix_seconds},
};

pub(super) struct System;

fn time(time: FILETIME) -> u64 {
    intervals(time.dwHighDateTime, time.dwLowDateTime)
}

impl Read for System {
    const ABSENT: &'static [&'static str] =
        &["process_max_fds", "process_threads", "process_virtual_memory_max_bytes"];

    fn read(&self) -> (Reading, io::Result<()>) {
        let process = HPROCESS::GetCurrentProcess();
        let memory = process.GetProcessMemoryInfo().ok();
        let reading = Reading {
            open_fds: process.GetProcessHandleCount().ok().map(u64::from),
            virtual_bytes: memory.as_ref().map(|memory| memory.PrivateUsage as u64),
            resident_bytes: memory.map(|memory| memory.WorkingSetSize as u64),
            ..Reading::default()
        };
        match process.GetProcessTimes() {
            Ok((started, _, kernel, user)) => {
                let cpu_seconds = Some(span_seconds(time(kernel).saturating_add(time(user))));
                (Reading { cpu_seconds, start_seconds: unix_seconds(time(started)), ..reading }, Ok(()))
            }
            Err(error) => (reading, Err(io::Error::other(error))),
        }
    }
}
