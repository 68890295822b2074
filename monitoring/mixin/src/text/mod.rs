//! Markdown files.

mod metrics;
mod promql;

use crate::{GeneratedFile, plan::Plan};

pub(crate) fn files(plan: &Plan) -> Vec<GeneratedFile> {
    vec![
        GeneratedFile::markdown("METRICS.md", &metrics::text(plan)),
        GeneratedFile::markdown("PROMQL.md", &promql::text(plan)),
    ]
}
