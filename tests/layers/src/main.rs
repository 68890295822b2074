//! Builds every layer that has families, and prints the names of all families, with the bounds of histograms.
//!
//! `layers-tests [before|after] [SETTING=VALUE…]` makes settings in code, before or after layers are built. `own` is a setting
//! of the layers' builders.

mod all;

use std::{collections::BTreeMap, env, process::ExitCode};

use tallymark::{
    Naming,
    registry::{self, Config, ConfigError},
    snapshot::Value,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let when = arguments.next().unwrap_or_default();
    let settings: Vec<(String, String)> = arguments
        .filter_map(|argument| {
            argument.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect();
    let own = settings.iter().find(|(name, _)| name == "own").map(|(_, value)| value.as_str());
    let result = match when.as_str() {
        "before" => configure(&settings).and_then(|()| all::build(own)),
        "after" => all::build(own).and_then(|kept| configure(&settings).map(|()| kept)),
        _ => all::build(own),
    };
    match result {
        Ok(kept) => {
            print();
            drop(kept);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            let mut source = std::error::Error::source(&*error);
            while let Some(cause) = source {
                eprintln!("{cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn configure(settings: &[(String, String)]) -> Result<(), Box<dyn std::error::Error>> {
    Ok(install(settings)?)
}

fn install(settings: &[(String, String)]) -> Result<(), ConfigError> {
    let config =
        settings.iter().fold(tallymark::configure(), |config, (name, value)| set(config, name, value));
    config.install()
}

fn set(config: Config, name: &str, value: &str) -> Config {
    match name {
        "namespace" => config.namespace(value),
        "naming" => config.naming(naming(value)),
        "label" => config.label(value, "x"),
        "off" => config.families_off([value]),
        "on" => config.families_on([value]),
        "enabled" => config.enabled(value == "true"),
        "own" => config,
        family => config
            .buckets(family, value.split(',').filter_map(|bound| bound.parse().ok()).collect::<Vec<_>>()),
    }
}

fn naming(name: &str) -> Naming {
    match name {
        "django" => Naming::Django,
        "hyperdjango" => Naming::HyperDjango,
        _ => Naming::Standard,
    }
}

/// One line for each family: name, labels of the first series, and bounds.
fn print() {
    let text = registry::encode_to_string(registry::Format::Text004);
    let snapshot = registry::snapshot();
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        lines.insert(name, String::new());
    }
    for family in snapshot.families() {
        let bounds = family.series.iter().find_map(|series| match &series.value {
            Value::Histogram(histogram) => Some(format!("{:?}", histogram.bounds)),
            _ => None,
        });
        lines.insert(&family.name, bounds.unwrap_or_default());
    }
    for (name, bounds) in lines {
        println!("{name} {bounds}");
    }
    if let Err(conflicts) = registry::check() {
        eprintln!("{conflicts}");
    }
}
