//! Keeping processes on processors.

use std::{fs, process::Command, sync::LazyLock};

/// Read before this process is kept on one of them.
static PROCESSORS: LazyLock<Vec<u32>> =
    LazyLock::new(|| processors(&fs::read_to_string("/proc/self/status").unwrap_or_default()));

/// Keeps all threads of this process, and those that they will start, on the last processor that there is.
///
/// # Errors
///
/// A sentence, if `taskset` (of util-linux) cannot do it.
pub fn ourselves() -> Result<(), String> {
    keep(std::process::id(), PROCESSORS.last())
}

/// Keeps another process on the first processor: beside this one, if there are several.
///
/// # Errors
///
/// A sentence, if `taskset` (of util-linux) cannot do it.
pub fn other(process: u32) -> Result<(), String> {
    keep(process, PROCESSORS.first())
}

fn keep(process: u32, processor: Option<&u32>) -> Result<(), String> {
    let processor = processor.ok_or("/proc/self/status does not tell which processors there are")?;
    let output = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &processor.to_string(), &process.to_string()])
        .output()
        .map_err(|error| format!("cannot start taskset: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("taskset: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// The first and the last of each range in a list such as `0-3,6`.
fn processors(status: &str) -> Vec<u32> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    list.split([',', '-']).filter_map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::processors;

    #[test]
    fn the_ends_of_ranges_are_found() {
        let of =
            |list| processors(&format!("Cpus_allowed:\t3\nCpus_allowed_list:\t{list}\nMems_allowed:\t1\n"));
        assert_eq!(of("0-3,6"), [0, 3, 6]);
        assert_eq!(of("0-11"), [0, 11]);
        assert_eq!(of("5"), [5]);
        assert!(processors("Name:\tbench\n").is_empty());
    }
}
