//! Files for Grafana.

mod dashboard;
mod layout;
mod panel;
mod provisioning;

use crate::{
    GeneratedFile,
    format::{to_json, to_yaml},
    plan::Plan,
};

/// Returns the dashboards: names of files, and the files.
pub(crate) fn dashboards(plan: &Plan) -> Vec<(String, GeneratedFile)> {
    let dashboard = |board| {
        let (slug, json) = dashboard::dashboard(plan, board);
        let name = format!("{slug}.json");
        let file = GeneratedFile::json(format!("grafana/dashboards/{name}"), &to_json(&json));
        (name, file)
    };
    plan.monitoring.boards.iter().map(dashboard).collect()
}

pub(crate) fn files(plan: &Plan) -> Vec<GeneratedFile> {
    let mut files: Vec<GeneratedFile> = dashboards(plan).into_iter().map(|(_, file)| file).collect();
    let yaml = |path: &str, node| GeneratedFile::hash(path, &to_yaml(&node));
    files.push(yaml("grafana/provisioning/datasources/prometheus.yml", provisioning::data_source()));
    files.push(yaml("grafana/provisioning/dashboards/dashboards.yml", provisioning::folder(plan)));
    files
}
