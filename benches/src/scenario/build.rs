//! How long a service waits for its compiler: an empty program that depends on a library, built from nothing, and a
//! thousand metrics and a thousand timed functions.
//!
//! The programs are written to a folder of their own and built by `cargo build --release` with two jobs, from crates
//! that are on this machine already. `crates` counts what comes along: dependencies, build scripts' and macros'.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use tallymark_benches::harness::{
    contender::Class,
    report::{Report, Row},
    round::Effort,
    scenario::{Column, Method, Scenario},
    target::{Against, Target},
};

const COLD: &[Column] = &[Column::least("release, s", "seconds"), Column::least("crates", "crates")];
const THOUSAND: &[Column] = &[Column::least("release, s", "seconds")];

const CORE: &str = "tallymark-core and tallymark-derive alone";
const BY_HAND: &str = "the same against tallymark, without macros";

pub fn scenarios() -> [Scenario; 2] {
    let scenario = || Scenario {
        id: "build_cold",
        title: "Cold release build",
        note: "an empty program that depends on nothing but this, built from nothing on all cores.",
        columns: COLD,
        key: 0,
        limit: None,
        method: Method::Whole(cold),
        processes: u32::MAX,
        targets: vec![
            Target::at_most(5.0).of(CORE),
            Target::at_most(16.0).of(CORE).in_column(1),
            Target::at_most(20.0),
            Target::at_most(40.0).in_column(1),
        ],
        plot: None,
    };
    let thousand = Scenario {
        id: "build_thousand",
        title: "Release build of 1,000 metrics and 1,000 timed functions",
        note: "one crate, its dependencies built before.",
        columns: THOUSAND,
        method: Method::Whole(thousand),
        processes: u32::MAX,
        targets: vec![Target::within(2.0, Against::Row(BY_HAND))],
        ..scenario()
    };
    [scenario(), thousand]
}

/// A row: what it stands for, its name, and its lines under `[dependencies]`.
type Depends = (Class, &'static str, &'static str);

const DEPENDS: &[Depends] = &[
    (Class::Limit, "(nothing)", ""),
    (
        Class::Ours,
        CORE,
        "tallymark-core = { path = \"@/metrics-core\" }\ntallymark-derive = { path = \"@/metrics-derive\" }",
    ),
    (Class::Ours, "tallymark", "tallymark = { path = \"@\" }"),
    (
        Class::Peer,
        "prometheus without protobuf",
        "prometheus = { version = \"=0.14.0\", default-features = false }",
    ),
    (Class::Peer, "prometheus", "prometheus = \"=0.14.0\""),
    (Class::Peer, "prometheus-client", "prometheus-client = \"=0.25.2\""),
    (Class::Variant, "metrics, the facade alone", "metrics = \"=0.24.6\""),
    (
        Class::Peer,
        "metrics and its exporter, no HTTP",
        "metrics = \"=0.24.6\"\nmetrics-exporter-prometheus = { version = \"=0.18.3\", default-features = false }",
    ),
    (
        Class::Peer,
        "metrics and its exporter, HTTP",
        "metrics = \"=0.24.6\"\nmetrics-exporter-prometheus = { version = \"=0.18.3\", default-features = false, \
         features = [\"http-listener\"] }",
    ),
    (
        Class::Peer,
        "measured and paracord",
        "measured = { version = \"=0.0.25\", features = [\"paracord\"] }\nparacord = \"=0.1.0\"",
    ),
    (
        Class::Peer,
        "metriken and its exposition",
        "metriken = \"=0.11.5\"\nmetriken-exposition = { version = \"=0.25.2\", default-features = false }",
    ),
    (
        Class::Peer,
        "opentelemetry, its SDK and exporter",
        "opentelemetry = { version = \"=0.33.1\", default-features = false, features = [\"metrics\"] }\n\
         opentelemetry_sdk = { version = \"=0.33.1\", default-features = false, features = [\"metrics\"] }\n\
         opentelemetry-prometheus = { version = \"=0.33.1\", default-features = false }",
    ),
    (Class::Peer, "foundations-metrics", "foundations-metrics = \"=0.1.0-beta.6\""),
    (
        Class::Peer,
        "fastmetrics and its macros",
        "fastmetrics = { version = \"=0.7.1\", features = [\"derive\"] }",
    ),
    (Class::Peer, "metered", "metered = { version = \"=0.10.0-rc.1\", features = [\"om\"] }"),
    (
        Class::Peer,
        "autometrics with prometheus",
        "autometrics = { version = \"=3.0.0\", features = [\"prometheus-0_14\"] }\n\
         prometheus = { version = \"=0.14.0\", default-features = false }",
    ),
];

/// A crate in a folder of its own, gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, dependencies: &str, main: &str) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("tallymark-benches-{}-{name}", std::process::id()));
        let home = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let manifest = format!(
            "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\n{}\n",
            dependencies.replace('@', home)
        );
        let failed = |error| format!("cannot write {}: {error}", folder.display());
        fs::create_dir_all(folder.join("src")).map_err(failed)?;
        // With the versions this workspace is locked to, so that nothing is resolved anew.
        fs::copy(Path::new(home).join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
        fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
        fs::write(folder.join("src/main.rs"), main).map_err(failed)?;
        Ok(Self(folder))
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments).current_dir(&self.0).env("CARGO_TARGET_DIR", self.0.join("target"));
        // Profiles that were set for this program are not what a user has.
        for name in ["LTO", "CODEGEN_UNITS"] {
            cargo.env_remove(format!("CARGO_PROFILE_RELEASE_{name}"));
        }
        let output =
            cargo.stdin(Stdio::null()).output().map_err(|error| format!("cannot start cargo: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(said.lines().find(|line| line.starts_with("error")).unwrap_or("cargo failed").to_owned())
    }

    fn build(&self) -> Result<f64, String> {
        let start = Instant::now();
        self.cargo(&["build", "--release", "--quiet"])?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// What comes along, the crate itself not counted.
    fn crates(&self) -> Result<usize, String> {
        let tree = self.cargo(&["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])?;
        let mut names: Vec<_> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names.len() - 1)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn cold(effort: Effort) -> Result<Report, String> {
    let mut report = Report::default();
    let rows = if effort.smoke { &DEPENDS[..1] } else { DEPENDS };
    for (index, (class, name, dependencies)) in rows.iter().enumerate() {
        let scratch = Scratch::new(&format!("cold-{index}"), dependencies, "fn main() {}\n")?;
        let failed = |reason| format!("{name}: {reason}");
        // Nothing is downloaded while the clock runs.
        scratch.cargo(&["fetch", "--quiet"]).map_err(failed)?;
        let seconds = scratch.build().map_err(failed)?;
        let crates = scratch.crates().map_err(failed)? as f64;
        report.rows.push(Row::of(*class, name, &[("seconds", seconds), ("crates", crates)]));
    }
    Ok(report)
}

const ITEMS: usize = 1_000;

/// What the functions do.
const BODY: &str = "if i % 7 == 3 { Err(()) } else { Ok(i + std::hint::black_box(1)) }";

fn with_macros() -> String {
    let mut code = "use tallymark::{Counter, metric, timed};\n".to_owned();
    let mut calls = String::new();
    for i in 0..ITEMS {
        let _ = writeln!(
            code,
            "/// Things that happened.\n#[metric]\nstatic C{i}_TOTAL: Counter = Counter::new();\n\
             #[timed]\nfn f{i}(i: u64) -> Result<u64, ()> {{ C{i}_TOTAL.inc(); {BODY} }}"
        );
        let _ = writeln!(calls, "sum += f{i}(sum).unwrap_or(1);");
    }
    code + &main_of(&calls)
}

/// The statics, their registration and the guards, as someone would write them who has no macros.
fn without_macros() -> String {
    let mut code = "use tallymark::{Counter, __private_v4::{Allow, Declared, Element, Entry, FunctionMeta, \
                    FunctionSite, Place}};\n\
                    const fn place(line: u32) -> Place {\n\
                    Place { package: \"scratch\", module: \"scratch\", file: \"src/main.rs\", line }\n}\n\
                    const fn entry(name: &'static str, metric: &'static Counter) -> Entry {\n\
                    Entry::new(Declared { name, namespaced: false, help: \"Things that happened.\", unit: None, \
                    allow: Allow::NONE, place: place(1) }, metric)\n}\n\
                    const fn site(function: &'static str) -> FunctionSite {\n\
                    FunctionSite::new(FunctionMeta { function, place: place(1), is_async: false, in_flight: false })\n}\n"
        .to_owned();
    let (mut calls, mut entries, mut functions) = (String::new(), String::new(), String::new());
    for i in 0..ITEMS {
        let _ = writeln!(
            code,
            "/// Things that happened.\nstatic C{i}_TOTAL: Counter = Counter::new();\n\
             static S{i}: FunctionSite = site(\"f{i}\");\n\
             fn f{i}(i: u64) -> Result<u64, ()> {{ let guard = S{i}.enter(); C{i}_TOTAL.inc(); \
             let done = {BODY}; guard.finish(done.is_err()); done }}"
        );
        let _ = writeln!(entries, "entry(\"c{i}_total\", &C{i}_TOTAL),");
        let _ = writeln!(functions, "Element::Function(&S{i}),");
        let _ = writeln!(calls, "sum += f{i}(sum).unwrap_or(1);");
    }
    let _ = writeln!(
        code,
        "static ENTRIES: [Entry; {ITEMS}] = [{entries}];\nstatic ELEMENTS: [Element; {}] = \
         [Element::Metrics(&ENTRIES), {functions}];",
        ITEMS + 1
    );
    code + &main_of(&format!("tallymark::registry::register(&ELEMENTS);\n{calls}"))
}

/// The same with lazily registered metrics of `prometheus`.
fn with_prometheus() -> String {
    let mut code = "use prometheus::{Histogram, IntCounter, register_histogram, register_int_counter};\n\
                    use std::sync::LazyLock;\n"
        .to_owned();
    let mut calls = String::new();
    for i in 0..ITEMS {
        let _ = writeln!(
            code,
            "static C{i}: LazyLock<IntCounter> = LazyLock::new(|| register_int_counter!(\"c{i}_total\", \
             \"Things that happened.\").unwrap());\n\
             static H{i}: LazyLock<Histogram> = LazyLock::new(|| register_histogram!(\"f{i}_seconds\", \
             \"How long it took.\").unwrap());\n\
             fn f{i}(i: u64) -> Result<u64, ()> {{ let _timer = H{i}.start_timer(); C{i}.inc(); {BODY} }}"
        );
        let _ = writeln!(calls, "sum += f{i}(sum).unwrap_or(1);");
    }
    code + &main_of(&calls)
}

fn main_of(calls: &str) -> String {
    format!("fn main() {{\nlet mut sum = 0;\n{calls}println!(\"{{sum}}\");\n}}\n")
}

fn thousand(effort: Effort) -> Result<Report, String> {
    let mut report = Report::default();
    if effort.smoke {
        return Ok(report);
    }
    let prometheus = "prometheus = { version = \"=0.14.0\", default-features = false }";
    for (class, name, dependencies, code) in [
        (Class::Ours, "tallymark", "tallymark = { path = \"@\", default-features = false }", with_macros()),
        (Class::Limit, BY_HAND, "tallymark = { path = \"@\", default-features = false }", without_macros()),
        (Class::Peer, "prometheus, lazy statics and timers", prometheus, with_prometheus()),
    ] {
        let scratch = Scratch::new("thousand", dependencies, "fn main() {}\n")?;
        let failed = |reason| format!("{name}: {reason}");
        scratch.build().map_err(failed)?;
        fs::write(scratch.0.join("src/main.rs"), code).map_err(|error| error.to_string())?;
        let seconds = scratch.build().map_err(failed)?;
        report.rows.push(Row::of(class, name, &[("seconds", seconds)]));
    }
    Ok(report)
}
