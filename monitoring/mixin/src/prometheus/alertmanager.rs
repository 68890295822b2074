//! `alertmanager.yml`.

use crate::{
    format::{Node, node},
    plan::Plan,
};

/// Critical alerts go to somebody at once, others are gathered. Where they go is in two files that are yours to write.
pub(super) fn config(plan: &Plan) -> Node {
    let route = |severity: &str, wait: &str, repeat: &str| {
        node!({
            "matchers": [(format!("severity=\"{severity}\""))],
            "receiver": (severity),
            "group_wait": (wait),
            "repeat_interval": (repeat),
        })
    };
    let receiver = |severity: &str| {
        node!({
            "name": (severity),
            "webhook_configs": [{ "url_file": (format!("/etc/alertmanager/secrets/{severity}_url")) }],
        })
    };
    node!({
        "route": {
            "receiver": "warning",
            "group_by": ["alertname", "job"],
            "group_interval": "5m",
            "routes": [(route("critical", "10s", "1h")), (route("warning", "1m", "12h"))],
        },
        "inhibit_rules": [
            // What is slow because it is down is not told twice.
            {
                "source_matchers": [(format!("alertname=~\"TargetDown|TargetAbsent\", job=\"{}\"", plan.name))],
                "target_matchers": ["severity=\"warning\""],
                "equal": ["job"],
            },
            {
                "source_matchers": ["severity=\"critical\""],
                "target_matchers": ["severity=\"warning\""],
                "equal": ["alertname", "job"],
            },
        ],
        "receivers": [(receiver("critical")), (receiver("warning"))],
    })
}
