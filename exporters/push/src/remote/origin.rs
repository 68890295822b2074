//! When this process began, and with it whatever counts from the start.

use super::sampling::SystemMoment;

/// When this process began, in milliseconds since the beginning of 1970. Where that is not known, now.
pub(super) fn started() -> i64 {
    let now = SystemMoment::now().0;
    age().map_or(now, |age| now.saturating_sub(age))
}

/// How long this process has been running, in milliseconds.
///
/// Source: `proc_pid_stat(5)`, field 22, and `proc_uptime(5)`, both in hundredths of a second: the former by the constant
/// that the kernel shows to programs, which is 100 on all architectures that Rust's standard library knows.
#[cfg(target_os = "linux")]
fn age() -> Option<i64> {
    const HUNDREDTH: i64 = 10;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the name of the program, in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let began: i64 = fields.split_ascii_whitespace().nth(19)?.parse().ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, hundredths) = uptime.split_ascii_whitespace().next()?.split_once('.')?;
    let uptime = seconds.parse::<i64>().ok()? * 100 + hundredths.parse::<i64>().ok()?;
    // One more, since both are rounded: nothing may have counted before the start.
    Some((uptime.checked_sub(began).filter(|age| *age >= 0)? + 1) * HUNDREDTH)
}

#[cfg(not(target_os = "linux"))]
fn age() -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_has_begun_before_it_asks() {
        let (started, now) = (super::started(), super::SystemMoment::now().0);
        assert!(started <= now);
        // Nothing in this repository runs for a day.
        assert!(
            now - started < 86_400_000,
            "{started} is not when this test began, which is not long before {now}"
        );
    }
}
