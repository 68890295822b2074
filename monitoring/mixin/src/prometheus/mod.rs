//! Files for Prometheus and Alertmanager.

mod alertmanager;
mod config;
mod rules;
mod unit_tests;

pub(crate) use rules::groups;

use crate::{GeneratedFile, MixinError, format::to_yaml, plan::Plan};

pub(crate) fn files(plan: &Plan) -> Result<Vec<GeneratedFile>, MixinError> {
    let name = &plan.name;
    let yaml = |path: String, node| GeneratedFile::hash(path, &to_yaml(&node));
    Ok(vec![
        yaml("prometheus/prometheus.yml".to_owned(), config::config(plan)),
        yaml(format!("prometheus/rules/{name}-recordings.yml"), rules::recordings_file(plan)),
        yaml(format!("prometheus/rules/{name}-alerts.yml"), rules::alerts_file(plan)),
        yaml(format!("prometheus/tests/{name}-alerts_test.yml"), unit_tests::file(plan)?),
        yaml("alertmanager/alertmanager.yml".to_owned(), alertmanager::config(plan)),
    ])
}
