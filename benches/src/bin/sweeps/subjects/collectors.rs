//! Collectors and what they hand over.

use std::time::Duration;

use tallymark::registry::{
    self, CollectError, Collector, Config, Families, Format, Registration, register_collector,
};
use tallymark_db::{Database, PoolState};

use super::declared::encode;
use crate::{
    meter::Meter,
    subject::{Subject, shuffled},
};

pub const SUBJECTS: [Subject; 7] = [
    Subject::new("collectors", "collectors, each with a family", own_families).up_to(10_000).least(96),
    Subject::new("one family", "collectors that share a family", one_family).up_to(10_000).least(96),
    Subject::new("failing", "collectors that fail", failing).up_to(10_000).least(96),
    Subject::new("clashing", "collectors whose families clash", clashing).up_to(10_000).least(96),
    Subject::new("families", "families of one collector", families),
    Subject::new("collected", "series of one collector's family", collected),
    Subject::new("pools", "pools of connections", pools).up_to(10_000).least(64),
];

/// Hands over families and series.
struct Handing {
    name: String,
    family: String,
    families: usize,
    series: usize,
    first: usize,
    fails: bool,
}

impl Default for Handing {
    fn default() -> Self {
        Self {
            name: "grown".to_owned(),
            family: "grown".to_owned(),
            families: 1,
            series: 1,
            first: 0,
            fails: false,
        }
    }
}

impl Collector for Handing {
    fn name(&self) -> &str {
        &self.name
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        if self.fails {
            return Err("as asked".into());
        }
        for at in 0..self.families {
            let name = if self.families == 1 { self.family.clone() } else { format!("{}_{at}", self.family) };
            let mut family = families.gauge(&name, "Things held.");
            for series in self.first..self.first + self.series {
                family.number(&[("shard", &series.to_string())], 1_u64);
            }
        }
        Ok(())
    }
}

/// As long as it takes: counting instructions is slow.
pub fn patience() {
    Config::new().collector_deadline(Duration::from_secs(600)).install().expect("nothing was shown");
}

fn shown(meter: &mut Meter, make: impl Fn(usize) -> Handing, n: usize) {
    patience();
    let registrations: Vec<Registration> =
        meter.part("registered", || shuffled(n).map(|at| register_collector(make(at))).collect());
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    let _ = meter.part("check()", registry::check);
    meter.part("collectors()", registry::collectors);
    meter.part("dropped", || drop(registrations));
    meter.part("exposition after", || encode(Format::Text004));
}

fn own_families(meter: &mut Meter, n: usize) {
    let make =
        |at| Handing { name: format!("grown_{at}"), family: format!("grown_{at}"), ..Handing::default() };
    shown(meter, make, n);
}

fn one_family(meter: &mut Meter, n: usize) {
    shown(meter, |at| Handing { first: at, ..Handing::default() }, n);
}

fn failing(meter: &mut Meter, n: usize) {
    shown(meter, |at| Handing { name: format!("grown_{at}"), fails: true, ..Handing::default() }, n);
}

fn clashing(meter: &mut Meter, n: usize) {
    shown(meter, |at| Handing { name: format!("grown_{at}"), ..Handing::default() }, n);
}

fn families(meter: &mut Meter, n: usize) {
    shown(meter, |_| Handing { families: n, ..Handing::default() }, 1);
}

fn collected(meter: &mut Meter, n: usize) {
    shown(meter, |_| Handing { series: n, ..Handing::default() }, 1);
}

fn pools(meter: &mut Meter, n: usize) {
    patience();
    let databases: Vec<Database> = meter.part("databases", || {
        shuffled(n)
            .map(|at| Database::builder(format!("grown_{at}")).build().expect("good settings"))
            .collect()
    });
    let registrations: Vec<Registration> = meter.part("registered", || {
        databases.iter().map(|database| database.register_pool(|| PoolState::new(5, 3).max(10))).collect()
    });
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    let snapshot = registry::snapshot();
    let in_use = snapshot.total("db_pool_connections").expect("it is shown");
    assert_eq!(in_use as usize, 5 * n);
    drop(registrations);
}
