//! What a request says beside the format.

use super::*;
use crate::encode::Escaping;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is not selected is neither read nor called.
#[test]
fn a_selection_reads_nothing_else() {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    static READ: GaugeFn = GaugeFn::new(|| CALLED.fetch_add(1, Ordering::Relaxed) as f64);

    struct Known(&'static str);

    impl Collector for Known {
        fn name(&self) -> &str {
            self.0
        }

        fn families(&self) -> Vec<String> {
            vec![self.0.to_owned()]
        }

        fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
            CALLED.fetch_add(1, Ordering::Relaxed);
            families.gauge(self.0, "Help.").unit("bytes").number(&[], 1_u64);
            Ok(())
        }
    }

    let registry = registry();
    declare(registry, "jobs_total", 1, counter());
    declare(registry, "called", 2, &READ);
    let job = NamedJob::new(Arc::new(CollectorJob(Known("known_bytes"))));
    let _known = Registration::new(registry, registry.pool.add(job));
    let _unknown = collect(registry, "unknown", |families| {
        families.gauge("one", "Help.").number(&[], 1_u64);
        families.gauge("two", "Help.").number(&[], 2_u64);
        Ok(())
    });
    let text = |names: &[&str], format| {
        let request = Request::new(format).names(Selection::of(names.iter().copied()));
        let mut whole = Vec::new();
        registry.encode(&request, &mut whole);
        let pulled: Vec<u8> = Chunks::new(registry, request.clone()).flatten().collect();
        assert_eq!(whole, pulled);
        String::from_utf8(whole).unwrap_or_default()
    };

    assert_eq!(
        text(&["jobs", "two"], Format::Text004),
        "# HELP jobs_total Help.\n# TYPE jobs_total counter\njobs_total 0\n\
         # HELP two Help.\n# TYPE two gauge\ntwo 2\n",
    );
    assert_eq!(text(&["nothing"], Format::OpenMetrics100), "# EOF\n");
    assert_eq!(text(&[], Format::Protobuf), "");
    assert_eq!(CALLED.load(Ordering::Relaxed), 0);
    assert_eq!(
        text(&["known_bytes"], Format::OpenMetrics100),
        "# HELP known_bytes Help.\n# TYPE known_bytes gauge\n# UNIT known_bytes bytes\nknown_bytes 1\n# EOF\n",
    );
    assert_eq!(CALLED.load(Ordering::Relaxed), 2, "once for the whole, once for the chunks");
    let snapshot = registry.snapshot_of(Scope::Process, &Selection::of(["called", "one"]));
    let names: Vec<&str> = snapshot.families().iter().map(|family| family.name.as_str()).collect();
    assert_eq!(names, ["called", "one"]);
    assert_eq!(CALLED.load(Ordering::Relaxed), 3);
}

/// Any characters make a name where that was asked for, and nowhere else; where two become one, one is shown.
#[test]
fn names_of_any_characters() {
    let registry = registry();
    declare(registry, "a_b", 1, counter_gauge());
    let _refused = collect(registry, "refused", |families| {
        families.gauge("x.y", "Help.").number(&[], 1_u64);
        Ok(())
    });
    let _allowed = collect(registry, "allowed", |families| {
        families.allow_utf8();
        families.gauge("a.b", "Help.").number(&[], 1_u64);
        families.gauge("c.d", "Help.").number(&[("e.f", "g")], 2_u64).number(&[("e\n", "g")], 3_u64);
        families.gauge("c:d", "Help.").number(&[], 4_u64);
        families.gauge("c-d", "Help.").number(&[], 5_u64);
        families.gauge("", "Help.").number(&[], 6_u64);
        Ok(())
    });
    let text = |escaping| {
        let mut bytes = Vec::new();
        registry.encode(&Request::new(Format::Text100).escaping(escaping), &mut bytes);
        let text = String::from_utf8(bytes).unwrap_or_default();
        let is_ours = |line: &&str| !is_built_in(line) && !line.starts_with('#');
        text.split_inclusive('\n').filter(is_ours).collect::<String>()
    };
    assert_eq!(
        text(Escaping::AllowUtf8),
        "{\"a.b\"} 1\na_b 0\n{\"c-d\"} 5\n{\"c.d\",\"e.f\"=\"g\"} 2\nc:d 4\n",
    );
    assert!(registry.check().is_ok());
    // `c-d` comes first of the two that are one.
    assert_eq!(text(Escaping::Underscores), "a_b 0\nc_d 5\nc:d 4\n");
    assert_eq!(text(Escaping::Underscores), text(Escaping::Underscores));
    let conflicts = registry.check().expect_err("two names are taken").to_string();
    assert!(conflicts.contains("`a.b` is `a_b`") && conflicts.contains("`c.d` is `c_d`"), "{conflicts}");
    assert_eq!(registry.conflict_count(), 2);
    assert_eq!(
        text(Escaping::Values),
        "U__a_2e_b 1\na_b 0\nU__c_2d_d 5\nU__c_2e_d{U__e_2e_f=\"g\"} 2\nc:d 4\n",
    );
}

fn counter_gauge() -> &'static Gauge {
    Box::leak(Box::new(Gauge::new()))
}
