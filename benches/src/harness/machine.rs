//! Where and when something was measured, and with which versions.

use std::{
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// The packages whose versions are shown.
const PEERS: &[&str] = &[
    "autometrics",
    "axum",
    "axum-prometheus",
    "fastmetrics",
    "foundations-metrics",
    "lasso",
    "measured",
    "metered",
    "metrics",
    "metrics-exporter-prometheus",
    "metriken",
    "metriken-exposition",
    "opentelemetry",
    "opentelemetry-instrumentation-tower",
    "opentelemetry-prometheus",
    "opentelemetry_sdk",
    "paracord",
    "prometheus",
    "prometheus-client",
    "prometheus-static-metric",
    "quanta",
    "tracing",
];

const LOCK: &str = include_str!("../../../Cargo.lock");

/// One sentence on the machine.
pub fn describe() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
        .unwrap_or(0);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{} (family {}, model {}), {cores} cores, {} GB, {} {}, {}",
        field("model name"),
        field("cpu family"),
        field("model\t"),
        kilobytes >> 20,
        std::env::consts::OS,
        kernel.trim(),
        compiler()
    )
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    output.map_or_else(
        |_| "rustc unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// How busy the machine is: the load average of the last minute.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}

/// The versions of all peers, from the lock file this program was built with.
pub fn versions() -> String {
    let mut found = Vec::new();
    for package in LOCK.split("[[package]]") {
        let field = |name: &str| {
            let line = package.lines().find(|line| line.starts_with(name))?;
            line.split('"').nth(1)
        };
        if let (Some(name), Some(version)) = (field("name ="), field("version ="))
            && PEERS.contains(&name)
        {
            found.push(format!("{name} {version}"));
        }
    }
    found.sort();
    found.dedup();
    found.join(", ")
}

/// Today's date in UTC.
pub fn date() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    civil(seconds / 86_400)
}

/// The date of a day counted from 1970-01-01: whole 400-year cycles, then years that begin in March so that the
/// leap day comes last.
fn civil(day: u64) -> String {
    let day = day + 719_468;
    let (cycle, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) =
        if month < 10 { (cycle * 400 + year, month + 3) } else { (cycle * 400 + year + 1, month - 9) };
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), "1970-01-01");
        assert_eq!(civil(11_016), "2000-02-29");
        assert_eq!(civil(20_777), "2026-11-20");
    }
}
