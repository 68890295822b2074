//! Keeping processes on one processor.

use std::{fs, process::Command};

/// Keeps all threads of a process, and those that they will start, on the last processor that this process may use.
///
/// # Errors
///
/// A sentence, if `taskset` (of util-linux) cannot do it.
pub fn to_one_processor(process: u32) -> Result<(), String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let processor = last(&status).ok_or("/proc/self/status does not tell which processors there are")?;
    let output = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &processor.to_string(), &process.to_string()])
        .output()
        .map_err(|error| format!("cannot start taskset: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("taskset: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// The last of a list such as `0-3,6`.
fn last(status: &str) -> Option<u32> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    list.rsplit([',', '-']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::last;

    #[test]
    fn the_last_processor_is_found() {
        let status = |list| format!("Cpus_allowed:\t3\nCpus_allowed_list:\t{list}\nMems_allowed:\t1\n");
        assert_eq!(last(&status("0-3,6")), Some(6));
        assert_eq!(last(&status("0-11")), Some(11));
        assert_eq!(last(&status("5")), Some(5));
        assert_eq!(last("Name:\tbench\n"), None);
    }
}
