//! `mixin.libsonnet`, for those who deploy with Jsonnet.

use crate::{GeneratedFile, grafana, plan::Plan};
use std::fmt::Write as _;

pub(super) fn file(plan: &Plan) -> GeneratedFile {
    let name = &plan.name;
    let mut dashboards = String::new();
    for (file, _) in grafana::dashboards(plan) {
        let _ = writeln!(dashboards, "    '{file}': import 'grafana/dashboards/{file}',");
    }
    let rules = |kind: &str| format!("std.parseYaml(importstr 'prometheus/rules/{name}-{kind}.yml')");
    let body = format!(
        "{{
  _config+:: {{
    job: '{name}',
  }},
  grafanaDashboards+:: {{
{dashboards}  }},
  prometheusAlerts+:: {{
    groups+: {}.groups,
  }},
  prometheusRules+:: {{
    groups+: {}.groups,
  }},
}}
",
        rules("alerts"),
        rules("recordings"),
    );
    GeneratedFile::slashes("mixin.libsonnet", &body)
}
