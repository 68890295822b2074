//! Writes the thousand statics of `src/bin/startup.rs`: a macro cannot make up names.

use std::{env, fmt::Write, fs, io, path::Path};

const METRICS: usize = 1_000;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let all = |item: &dyn Fn(usize) -> String| (0..METRICS).map(item).collect::<String>();
    let list = all(&|i| format!("&C{i}, "));
    let mut code = String::new();
    let _ = write!(
        code,
        "pub mod ours {{\n use tallymark::{{Counter, metric}};\n{}
        pub static ALL: [&Counter; {METRICS}] = [{list}];\n}}\n",
        all(&|i| format!(
            "/// A thing that happened.\n#[metric(name = \"startup_c{i}_total\")]\n\
             pub static C{i}: Counter = Counter::new();\n"
        ))
    );
    let _ = write!(
        code,
        "pub mod metriken {{\n use metriken::{{Counter, metric}};\n{}
        pub static ALL: [&Counter; {METRICS}] = [{list}];\n}}\n",
        all(&|i| format!(
            "#[metric(name = \"startup_c{i}_total\", description = \"A thing that happened\")]\n\
             pub static C{i}: Counter = Counter::new();\n"
        ))
    );
    let _ = write!(
        code,
        "pub mod measured {{\n use measured::{{Counter, MetricGroup}};
        #[derive(MetricGroup)]\n#[metric(new())]\npub struct All {{\n{}}}
        impl All {{ pub fn inc(&self) {{\n{}}} }}\n}}\n",
        all(&|i| format!("/// A thing that happened.\npub startup_c{i}_total: Counter,\n")),
        all(&|i| format!("self.startup_c{i}_total.inc();\n"))
    );
    let _ = write!(
        code,
        "pub mod plain {{\n use std::sync::atomic::AtomicU64;\n{}
        pub static ALL: [&AtomicU64; {METRICS}] = [{list}];\n}}\n",
        all(&|i| format!("pub static C{i}: AtomicU64 = AtomicU64::new(0);\n"))
    );
    fs::write(Path::new(&out).join("startup.rs"), code)
}
