//! The process and its runtime: utilisation, saturation.

use super::layer::{Layer, Scope, alerts, always, row};
use crate::{Alert, Comparison, Panel, PanelKind, PanelUnit, QueryError, Row, Window};

pub(super) const LAYER: Layer = Layer {
    slug: "process",
    title: "Process and runtime",
    signs: &["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"],
    stems: &["process_", "tokio_", "build_info"],
    rows,
    alerts: wake,
    wanted: always,
};

pub(super) fn cpu(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let query = scope.all("process_cpu_seconds_total")?.rate(Window::Panel)?.sum();
    // One processor that is busy all the time is 1.
    Ok(Panel::new("CPU", PanelKind::Lines, PanelUnit::Count).query("processors", query))
}

pub(super) fn memory(scope: &Scope<'_>) -> Result<Panel, QueryError> {
    let query = scope.all("process_resident_memory_bytes")?.value()?.sum();
    Ok(Panel::new("Memory", PanelKind::Lines, PanelUnit::Bytes).query("resident", query))
}

fn rows(scope: &Scope<'_>) -> Vec<Row> {
    let descriptors = || {
        let part = scope.all("process_open_fds")?.value()?.max_by(&[])?;
        let query = part.ratio(scope.all("process_max_fds")?.value()?.max_by(&[])?)?;
        Ok(Panel::new("File descriptors", PanelKind::Gauge, PanelUnit::Ratio)
            .query("open", query)
            .describe("Open file descriptors, of all that the process may have.")
            .warn_from(0.75)
            .bad_from(0.9))
    };
    let threads = || {
        let query = scope.all("process_threads")?.value()?.sum();
        Ok(Panel::new("Threads", PanelKind::Lines, PanelUnit::Count).query("threads", query))
    };
    let started = || {
        let query = scope.all("process_start_time_seconds")?.value()?.max_by(&[])?.times(1_000.0);
        Ok(Panel::new("Started", PanelKind::Stat, PanelUnit::Timestamp).query("last start", query))
    };
    vec![row("Process", [cpu(scope), memory(scope), threads(), descriptors(), started()])]
}

fn wake(scope: &Scope<'_>) -> Vec<Alert> {
    let descriptors = || {
        let open = scope.all("process_open_fds")?.value()?.max_by(&[])?;
        let most = scope.all("process_max_fds")?.value()?.max_by(&[])?;
        let condition = open.ratio(most)?.compared(Comparison::Above, 0.9);
        Ok(Alert::new(
            "FileDescriptorsExhausted",
            condition,
            "The process can open few more files or connections",
        )
        .after_minutes(5)
        .critical()
        .describe("{{ $value | humanizePercentage }} of its file descriptors are open."))
    };
    alerts([descriptors()])
}
