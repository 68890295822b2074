//! The samples of the last minutes, and the sections that somebody looks at.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tallymark_core::snapshot::Snapshot;
use tallymark_panels::{Access, Board, Catalogue, Export, History, Monitoring};
use tokio::time::Instant;

use super::{
    board::{BoardKey, Evaluated, Status},
    describe,
    encoded::Encoded,
    exemplars::Exemplars,
    json::Json,
    settings::Live,
};
use crate::source::Source;

/// What the slug of the section of one metric begins with.
const METRIC: &str = "metric:";

/// A section is evaluated for so long after somebody has asked for it, and for three samples at the least.
const KEPT: Duration = Duration::from_secs(15);

/// Labels that a report lists, those with the most values first.
const MOST_LABELS: usize = 50;

#[derive(Debug)]
pub(super) struct State {
    settings: Live,
    access: Option<Access>,
    source: Source,
    history: History,
    catalogue: Catalogue,
    monitoring: Monitoring,
    /// The number of series by metric.
    series: HashMap<String, usize>,
    exemplars: Exemplars,
    boards: HashMap<BoardKey, Evaluated>,
    /// Never the same for two things that a page could take for one.
    next_version: u64,
    /// Changes whenever the sections or metrics do.
    contents_version: u64,
    contents: Option<Encoded>,
    report: Option<Encoded>,
    exemplars_json: Option<Encoded>,
}

impl State {
    pub(super) fn new(settings: &Live, access: Option<Access>, source: Source) -> Self {
        Self {
            settings: settings.clone(),
            access,
            source,
            history: History::new(settings.max_bytes),
            catalogue: Catalogue::default(),
            monitoring: Monitoring::default(),
            series: HashMap::new(),
            exemplars: Exemplars::default(),
            boards: HashMap::new(),
            // A page that begins after a restart must not take what it has for the newest. Versions are written as numbers of
            // JavaScript, which are exact up to 2^53.
            next_version: now().unsigned_abs(),
            contents_version: 0,
            contents: None,
            report: None,
            exemplars_json: None,
        }
    }

    /// Whether no sample was taken yet.
    pub(super) fn is_empty(&self) -> bool {
        self.contents_version == 0
    }

    /// Takes in a snapshot of this moment.
    pub(super) fn sample(&mut self, snapshot: &Snapshot) {
        self.sample_at(now(), snapshot);
    }

    fn sample_at(&mut self, at: i64, snapshot: &Snapshot) {
        if self.history.span().is_some_and(|(_, newest)| newest > at) {
            // The clock was set back. What was sampled before would be newer than all that comes until it is as late again.
            self.history.clear();
            self.boards.clear();
        }
        let kept = KEPT.max(self.settings.interval * 3);
        self.boards.retain(|_, board| board.asked.elapsed() < kept);
        let evaluated = self.evaluated_bytes();
        self.history.set_max_bytes(self.settings.max_bytes.saturating_sub(evaluated));
        self.history.push(at, snapshot);
        let oldest = i64::try_from(self.settings.history.as_millis()).unwrap_or(i64::MAX);
        self.history.forget_before(at.saturating_sub(oldest));
        self.describe(snapshot);
        self.exemplars = Exemplars::of(snapshot);
        let status = self.status();
        for board in self.boards.values_mut() {
            board.push(&self.history, status, &mut self.next_version);
        }
        self.limit();
        self.report = None;
        self.exemplars_json = None;
    }

    /// Finds out what there is to see, if that has changed.
    fn describe(&mut self, snapshot: &Snapshot) {
        self.series =
            snapshot.families().iter().map(|family| (family.name.clone(), family.series.len())).collect();
        self.contents = None;
        let catalogue = self.source.catalogue(snapshot);
        if self.is_empty() || catalogue != self.catalogue {
            self.monitoring = Monitoring::of(&catalogue);
            // It fails for no objective that could be made.
            let _ = self.monitoring.add_objectives_board();
            self.catalogue = catalogue;
            self.contents_version = self.version();
            // Sections of metrics whose description has changed are evaluated anew.
            let known: Vec<BoardKey> = self.boards.keys().cloned().collect();
            for key in known {
                let board = self.find(&key.0);
                let is_same = self.boards.get(&key).map(Evaluated::board) == board.as_ref();
                if !is_same {
                    self.boards.remove(&key);
                }
            }
        }
    }

    fn version(&mut self) -> u64 {
        self.next_version += 1;
        self.next_version
    }

    fn status(&self) -> Status {
        Status {
            contents: self.contents_version,
            bytes: self.history.bytes() + self.evaluated_bytes(),
            max_bytes: self.settings.max_bytes,
        }
    }

    fn evaluated_bytes(&self) -> usize {
        self.boards.values().map(Evaluated::bytes).sum::<usize>() + self.exemplars.bytes()
    }

    /// Gives up sections until all of them together take no more than half of what samples and sections may take.
    fn limit(&mut self) {
        while self.evaluated_bytes() > self.settings.max_bytes / 2 {
            let longest_ago =
                self.boards.iter().min_by_key(|(_, board)| board.asked).map(|(key, _)| key.clone());
            match longest_ago {
                Some(key) => drop(self.boards.remove(&key)),
                None => return,
            }
        }
    }

    /// Returns the section of this name.
    fn find(&self, slug: &str) -> Option<Board> {
        if let Some(name) = slug.strip_prefix(METRIC) {
            let family = self.catalogue.get(name).ok()?;
            return Some(Board::new(slug, name).row("", Monitoring::panels_of(family)));
        }
        self.monitoring.board(slug).cloned()
    }

    /// Returns the JSON of a section for a page that has seen this version up to this moment.
    pub(super) fn board(&mut self, key: &BoardKey, seen: (u64, i64)) -> Option<&mut Encoded> {
        if !self.boards.contains_key(key) {
            let board = self.find(&key.0)?;
            let version = self.version();
            let evaluated = Evaluated::new(&self.history, board, key.1, version, self.status());
            self.boards.insert(key.clone(), evaluated);
        }
        let board = self.boards.get_mut(key)?;
        board.asked = Instant::now();
        Some(board.json(seen))
    }

    /// Returns the JSON of the sections and metrics.
    pub(super) fn contents(&mut self) -> &mut Encoded {
        let (catalogue, monitoring, series) = (&self.catalogue, &self.monitoring, &self.series);
        let (version, settings) = (self.contents_version, &self.settings);
        self.contents.get_or_insert_with(|| {
            let mut json = Json::default();
            json.object(|json| {
                json.key("version").whole(version);
                json.key("interval").number(settings.interval.as_secs_f64());
                json.key("history").number(settings.history.as_secs_f64());
                json.key("program").string(&program());
                describe::contents(json, catalogue, monitoring, |name| {
                    series.get(name).copied().unwrap_or(0)
                });
            });
            Encoded::new(json.into_bytes())
        })
    }

    /// Returns the JSON of the exemplars.
    pub(super) fn exemplars(&mut self) -> &mut Encoded {
        let exemplars = &self.exemplars;
        self.exemplars_json.get_or_insert_with(|| {
            let mut json = Json::default();
            exemplars.write(&mut json);
            Encoded::new(json.into_bytes())
        })
    }

    /// Returns the JSON of the report, if it was made since the last sample.
    pub(super) fn report(&mut self) -> Option<&mut Encoded> {
        self.report.as_mut()
    }

    /// Has the doctor examine a snapshot, and returns the JSON of the report.
    pub(super) fn examine(&mut self, snapshot: Snapshot) -> &mut Encoded {
        let labels = label_values(&snapshot);
        let mut doctor = self.source.doctor(snapshot);
        if self.history.len() > 1 {
            doctor = doctor.earlier(self.history.oldest_label_sets());
        }
        if let Some(access) = &self.access {
            doctor = doctor.endpoint(access.clone());
        }
        let report = doctor.report();
        let mut json = Json::default();
        json.object(|json| describe::report(json, &report, &labels));
        self.report.insert(Encoded::new(json.into_bytes()))
    }

    pub(super) fn export(&self) -> Export {
        self.history.export()
    }
}

/// Returns the labels with the most values: metric, label and number of values.
fn label_values(snapshot: &Snapshot) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    for family in snapshot.families() {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, value) in family.series.iter().flat_map(|series| &series.labels) {
            values.entry(name).or_default().insert(value);
        }
        let several = values.into_iter().filter(|(_, values)| values.len() > 1);
        found.extend(several.map(|(label, values)| (family.name.clone(), label.to_owned(), values.len())));
    }
    found.sort_by(|a, b| (b.2, &a.0, &a.1).cmp(&(a.2, &b.0, &b.1)));
    found.truncate(MOST_LABELS);
    found
}

/// Returns the name of the program, for the title of the page.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let name =
        path.as_ref().and_then(|path| path.file_stem()).map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "program".to_owned())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
