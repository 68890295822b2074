//! What HyperDjango's endpoint says of the process.

use std::{
    sync::OnceLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use tallymark_core::registry::{self, CollectError, Collector, Families};

/// The process, since it set up its metrics.
struct Process {
    version: String,
    unix_seconds: f64,
    since: Instant,
}

/// Shows the process from now on. Once is enough.
pub(super) fn export(version: &str) {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let unix_seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let process = Process { version: version.to_owned(), unix_seconds, since: Instant::now() };
        registry::register_collector(process).forget();
    });
}

impl Collector for Process {
    fn name(&self) -> &'static str {
        "hyperdjango"
    }

    fn namespaced(&self) -> bool {
        true
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families
            .gauge("hyperdjango_info", "The application's version.")
            .number(&[("version", self.version.as_str())], 1_u64);
        families
            .gauge("hyperdjango_uptime_seconds", "Time since the metrics were set up.")
            .unit("seconds")
            .number(&[], self.since.elapsed().as_secs_f64());
        families
            .gauge("hyperdjango_process_start_time_seconds", "When the metrics were set up, in Unix time.")
            .unit("seconds")
            .number(&[], self.unix_seconds);
        Ok(())
    }
}
