//! Generated directories: what is in them, what is left alone, and what is an error.

#[path = "../examples/monitored/families.rs"]
#[allow(dead_code, reason = "the example needs more of it")]
mod families;

use families::Shop;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Once,
};
use tallymark_core::registry::{ObjectiveDescriptor, SeriesSelector};
use tallymark_mixin::{Endpoint, GeneratedFile, Mixin, MixinError};
use tallymark_panels::{Alert, Catalogue, Comparison, Objective, QueryError, Selector, Window};

/// Returns the catalogue of the shop, which has served some requests.
fn catalogue() -> Catalogue {
    static SERVED: Once = Once::new();
    SERVED.call_once(|| Shop::declare().expect("good names").serve(1));
    Catalogue::current()
}

fn mixin() -> Mixin {
    Mixin::new("shop")
        .catalogue(catalogue())
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .alert(|catalogue| payments(catalogue, "shop_payments_failed_total"))
}

fn payments(catalogue: &Catalogue, family: &str) -> Result<Alert, QueryError> {
    let failed = Selector::new(catalogue.get(family)?);
    let condition = failed.rate(Window::minutes(5))?.sum().compared(Comparison::Above, 0.5);
    Ok(Alert::new("PaymentFailureSpike", condition, "Payments fail"))
}

/// A directory that is not there yet.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("it is ours");
    }
    path
}

fn read(directory: &Path, file: &str) -> String {
    fs::read_to_string(directory.join(file)).expect("it was written")
}

#[test]
fn what_was_written_is_up_to_date() {
    let directory = directory("written");
    let error = mixin().check(&directory).expect_err("there is nothing");
    assert!(matches!(&error, MixinError::Outdated { files, .. } if files.len() > 30), "{error}");
    mixin().write(&directory).expect("it can be written");
    mixin().check(&directory).expect("it was written");
    // Again, and nothing is touched.
    let file = directory.join("METRICS.md");
    let before = fs::metadata(&file).and_then(|data| data.modified()).expect("it is there");
    mixin().write(&directory).expect("it can be written");
    assert_eq!(fs::metadata(&file).and_then(|data| data.modified()).ok(), Some(before));
}

#[test]
fn what_is_declared_otherwise_is_shown() {
    let directory = directory("outdated");
    mixin().write(&directory).expect("it can be written");
    let changed = mixin().endpoint(Endpoint::new(9000));
    let error = changed.check(&directory).expect_err("another port");
    let text = format!("{error:?}");
    for line in
        ["prometheus/prometheus.yml", "-          - 'shop:9464'", "+          - 'shop:9000'", "BLESS=1"]
    {
        // Quotes are YAML's business.
        let plain = text.replace(['\'', '"'], "");
        assert!(plain.contains(&line.replace('\'', "")), "{line}: {text}");
    }
    changed.write(&directory).expect("nobody has changed it");
    changed.check(&directory).expect("it was written");
}

#[test]
fn what_a_person_wrote_or_changed_is_left_alone() {
    let directory = directory("changed");
    mixin().write(&directory).expect("it can be written");
    let own = directory.join("prometheus/rules/own.yml");
    fs::write(&own, "groups: []\n").expect("it can be written");
    mixin().check(&directory).expect("files beside it are nobody's business");

    let file = directory.join("alertmanager/alertmanager.yml");
    let changed = fs::read_to_string(&file).expect("it is there").replace("10s", "1s");
    fs::write(&file, &changed).expect("it can be written");
    let other = mixin().endpoint(Endpoint::new(9000));
    let error = other.write(&directory).expect_err("it was changed");
    let MixinError::ChangedByHand { files, .. } = &error else { panic!("{error}") };
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, Path::new("alertmanager/alertmanager.yml"));
    assert!(files[0].diff.contains("1s") && files[0].diff.contains("10s"), "{error}");
    assert_eq!(fs::read_to_string(&file).ok(), Some(changed));
    // Nor was anything else written.
    assert!(read(&directory, "prometheus/prometheus.yml").contains("9464"));

    // Without the mark it is a person's, too.
    fs::write(&file, "route: {}\n").expect("it can be written");
    assert!(matches!(other.write(&directory), Err(MixinError::ChangedByHand { .. })));
    fs::remove_file(&file).expect("it is there");
    other.write(&directory).expect("it was deleted");
    assert_eq!(fs::read_to_string(&own).ok().as_deref(), Some("groups: []\n"));
}

#[test]
fn what_is_no_longer_declared_is_taken_away() {
    let directory = directory("fewer");
    mixin().write(&directory).expect("it can be written");
    let without: Vec<_> = catalogue()
        .families()
        .iter()
        .filter(|family| !family.name.starts_with("cache_"))
        .map(|family| (**family).clone())
        .collect();
    let fewer = mixin().catalogue(Catalogue::new(without));
    assert!(directory.join("grafana/dashboards/shop-cache.json").exists());
    let error = fewer.check(&directory).expect_err("there is one too many");
    assert!(error.to_string().contains("shop-cache.json"), "{error}");
    fewer.write(&directory).expect("nobody has changed it");
    fewer.check(&directory).expect("it was written");
    assert!(!directory.join("grafana/dashboards/shop-cache.json").exists());
}

/// The names of metrics in a text, as far as they begin with one of these.
fn names<'a>(text: &'a str, stems: &[&str]) -> BTreeSet<&'a str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == ':';
    text.split(|character| !is_part(character))
        .filter(|word| stems.iter().any(|stem| word.starts_with(stem)))
        .collect()
}

/// No rule, panel or text names a metric that is not declared.
#[test]
fn no_file_names_what_is_not_declared() {
    let stems = ["http_re", "db_", "cache_g", "shop_", "process_", "function_", "model_i", "tallymark_"];
    let catalogue = catalogue();
    let mut seen = BTreeSet::new();
    let files = mixin().files().expect("all is declared");
    for file in &files {
        let path = file.path.to_string_lossy();
        if path.ends_with(".md") || path.contains("libsonnet") || path.contains("Dockerfile") {
            continue;
        }
        for name in names(&file.text, &stems) {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            let declared = |name: &str| catalogue.get(name).is_ok();
            let known = declared(name) || family.is_some_and(declared) || name == "db_pool";
            assert!(known, "{path}: {name}");
            seen.insert(name.to_owned());
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

/// The name of a metric that was renamed is in no file any more.
#[test]
fn a_metric_that_is_renamed_changes_every_file_that_names_it() {
    let (old, new) = ("shop_payments_failed_total", "shop_payments_declined_total");
    let naming = |files: &[GeneratedFile], name: &str| -> BTreeSet<PathBuf> {
        files.iter().filter(|file| file.text.contains(name)).map(|file| file.path.clone()).collect()
    };
    let before = mixin().files().expect("all is declared");
    let renamed: Vec<_> = catalogue()
        .families()
        .iter()
        .map(|family| {
            let mut family = (**family).clone();
            if family.name == old {
                new.clone_into(&mut family.name);
                new.clone_into(&mut family.base_name);
            }
            family
        })
        .collect();
    let renamed = Catalogue::new(renamed);
    // A query of the old name is an error.
    let error = mixin().catalogue(renamed.clone()).files().expect_err("the alert asks for the old name");
    assert!(format!("{error:?}").contains(old), "{error:?}");
    let after = Mixin::new("shop")
        .catalogue(renamed)
        .objective(|catalogue| Objective::http_success(catalogue, 99.9))
        .alert(move |catalogue| payments(catalogue, new));
    let after = after.files().expect("all is declared");
    assert_eq!(naming(&after, old), BTreeSet::new());
    let files = naming(&before, old);
    assert_eq!(naming(&after, new), files);
    assert!(files.len() >= 8, "rules, their tests, dashboards, Kubernetes' copies and texts: {files:?}");
}

#[test]
fn a_guarded_endpoint_is_scraped_with_what_it_asks_for() {
    let text = |endpoint: Endpoint, file: &str| {
        let files = mixin().endpoint(endpoint).files().expect("all is declared");
        let file = files.into_iter().find(|generated| generated.path == Path::new(file));
        file.map(|file| file.text).expect("there is one")
    };
    let config = "prometheus/prometheus.yml";
    let open = text(Endpoint::new(9464).path("/private/metrics"), config);
    assert!(open.contains("/private/metrics") && !open.contains("secrets") && !open.contains("https"));
    let token = text(Endpoint::new(9464).bearer_token().tls(), config);
    assert!(token.contains("credentials_file: secrets/metrics_token") && token.contains("scheme: https"));
    assert!(!token.contains("cert_file"));
    let certificate = text(Endpoint::new(9464).basic_auth("prometheus").client_certificate(), config);
    assert!(
        certificate.contains("cert_file: secrets/client.pem") && certificate.contains("username: prometheus")
    );
    let monitor = text(Endpoint::new(9464).bearer_token(), "kubernetes/servicemonitor.yaml");
    assert!(monitor.contains("key: metrics_token"));
    let nginx = text(Endpoint::new(9464).path("/private/metrics"), "nginx/metrics.conf");
    assert!(nginx.contains("location = /private/metrics"));
}

#[test]
fn mistakes_are_errors_that_name_them() {
    let debug = |mixin: Mixin| format!("{:?}", mixin.files().expect_err("it is a mistake"));
    assert!(
        debug(mixin().alert(|catalogue| payments(catalogue, "shop_payments_failed_total")))
            .contains("two alerts are called `PaymentFailureSpike`")
    );
    let never = debug(mixin().alert(|catalogue| {
        let slow = Selector::new(catalogue.get("shop_order_processing_duration_seconds")?);
        let condition = slow.quantile(0.95, Window::minutes(5), &[])?.compared(Comparison::Above, 1e6);
        Ok(Alert::new("NeverSlow", condition, "Slow"))
    }));
    assert!(never.contains("`NeverSlow`") && never.contains("may never hold"), "{never}");
    let edge = debug(mixin().objective(|catalogue| Objective::http_latency(catalogue, 99.0, 0.3)));
    assert!(edge.contains("0.3 is no edge of a bucket") && edge.contains("write 0.25 or 0.5"), "{edge}");
    let all = debug(mixin().objective(|catalogue| Objective::http_success(catalogue, 100.0)));
    assert!(all.contains("100 is out of range"), "{all}");
    for name in ["", "Shop", "9shop", "shop-", "my shop"] {
        assert!(
            debug(Mixin::new(name).catalogue(catalogue())).contains("cannot be the name of a service"),
            "{name}"
        );
    }
}

/// A value that a closed label never has is known only when the program runs.
#[test]
fn an_annotation_that_names_what_does_not_exist_is_an_error() {
    let objective = |result: &str| {
        let all = SeriesSelector::new("cache_gets_total");
        ObjectiveDescriptor::success("lookups", "lookups", 99.0, all.clone().equal("result", result), all)
    };
    let annotated = |result: &str| {
        let catalogue = catalogue();
        let families = catalogue.families().iter().map(|family| {
            let mut family = (**family).clone();
            if family.name == "cache_gets_total" {
                family.objectives = vec![objective(result)];
            }
            family
        });
        mixin().catalogue(Catalogue::new(families.collect::<Vec<_>>()))
    };
    let files = annotated("error").files().expect("it is one of its values");
    let alerts = files.iter().find(|file| file.path.ends_with("prometheus/rules/shop-alerts.yml"));
    assert!(alerts.is_some_and(|file| file.text.contains("alert: LookupsBudgetBurn1h")));
    let metrics = files.iter().find(|file| file.path == Path::new("METRICS.md")).expect("it is there");
    let row = metrics.text.lines().find(|line| line.starts_with("| [`cache_gets_total`]"));
    assert!(row.is_some_and(|row| row.contains("`lookups`")), "{row:?}");

    let error = annotated("lost").files().expect_err("it never has that value");
    assert!(matches!(error, MixinError::Annotation(_)), "{error:?}");
    let text = format!("{error:?}");
    assert!(text.starts_with("objective `lookups` of `cache_gets_total`"), "{text}");
    assert!(text.contains("is never `lost`: its values are `hit`"), "{text}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let directory = directory("blocked");
    fs::create_dir_all(&directory).expect("it can be written");
    fs::write(directory.join("prometheus"), "a file\n").expect("it can be written");
    let error = mixin().write(&directory).expect_err("a file is where a directory should be");
    assert!(matches!(&error, MixinError::Io { path, .. } if path.starts_with(&directory)), "{error:?}");
    assert!(std::error::Error::source(&error).is_some());
}
