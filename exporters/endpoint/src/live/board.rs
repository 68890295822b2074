//! One section of the page: the panels of a board, evaluated at every sample.

use std::{collections::VecDeque, time::Duration};

use tallymark_panels::{Board, History, Level, Panel};
use tokio::time::Instant;

use super::{describe, encoded::Encoded, json::Json, target::Target};

/// After so many samples, the lines with the greatest values are chosen anew.
const RANK_EVERY: usize = 12;

/// What makes a section: its board and the window of its rates.
pub(super) type BoardKey = (String, Duration);

/// What a page shows of the samples as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status {
    /// The version of the sections and metrics.
    pub(super) contents: u64,
    /// The bytes of all samples and sections.
    pub(super) bytes: usize,
    pub(super) max_bytes: usize,
}

impl Status {
    fn write(&self, json: &mut Json) {
        json.key("contents").whole(self.contents);
        json.key("bytes").size(self.bytes);
        json.key("max_bytes").size(self.max_bytes);
    }
}

/// A board that somebody looks at.
///
/// A sample adds one value to each line, and its JSON is written once, however many look at it.
#[derive(Debug)]
pub(super) struct Evaluated {
    board: Board,
    window: Duration,
    times: VecDeque<i64>,
    /// Queries by panel.
    panels: Vec<Vec<Target>>,
    /// Changes whenever the lines that are shown do.
    version: u64,
    until_rank: usize,
    status: Status,
    /// When somebody asked for it.
    pub(super) asked: Instant,
    whole: Option<Encoded>,
    newest: Option<Encoded>,
}

impl Evaluated {
    pub(super) fn new(
        history: &History,
        board: Board,
        window: Duration,
        version: u64,
        status: Status,
    ) -> Self {
        let times: VecDeque<i64> = history.times().collect();
        let targets = |panel: &Panel| {
            let target = |target: &tallymark_panels::Target| {
                Target::new(history, (&target.legend, &target.query), panel.kind, &times, window)
            };
            panel.targets.iter().map(target).collect()
        };
        let panels = board.panels().map(targets).collect();
        Self {
            board,
            window,
            times,
            panels,
            version,
            until_rank: RANK_EVERY,
            status,
            asked: Instant::now(),
            whole: None,
            newest: None,
        }
    }

    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    /// Adds the newest sample of the history, and removes what the history has forgotten.
    pub(super) fn push(&mut self, history: &History, status: Status, next_version: &mut u64) {
        self.status = status;
        let Some((oldest, newest)) = history.span() else { return };
        if self.times.back().is_some_and(|time| *time >= newest) {
            return;
        }
        let moments = self.times.len();
        let mut changed = false;
        for target in self.panels.iter_mut().flatten() {
            changed |= target.push(history, newest, moments, self.window);
        }
        self.times.push_back(newest);
        while self.times.front().is_some_and(|time| *time < oldest) {
            self.times.pop_front();
            self.panels.iter_mut().flatten().for_each(Target::pop);
        }
        self.until_rank = self.until_rank.saturating_sub(1);
        // A series that has a value for the first time is shown at once, if there is room.
        if changed || self.until_rank == 0 || self.times.len() < RANK_EVERY {
            self.until_rank = RANK_EVERY;
            let mut ranked = false;
            for target in self.panels.iter_mut().flatten() {
                ranked |= target.rank();
            }
            if ranked {
                *next_version += 1;
                self.version = *next_version;
            }
        }
        self.whole = None;
        self.newest = None;
    }

    /// Returns the size in bytes, with that of its JSON.
    pub(super) fn bytes(&self) -> usize {
        let targets: usize = self.panels.iter().flatten().map(Target::bytes).sum();
        let written = self.whole.iter().chain(&self.newest).map(Encoded::bytes).sum::<usize>();
        targets + written + self.times.capacity() * size_of::<i64>()
    }

    /// Returns its JSON: the newest values for a page that has those before, and all of it for any other.
    pub(super) fn json(&mut self, (version, since): (u64, i64)) -> &mut Encoded {
        let before = self.times.len().checked_sub(2).and_then(|at| self.times.get(at));
        let follows = before == Some(&since) || self.times.back() == Some(&since);
        if version == self.version && follows {
            if self.newest.is_none() {
                self.newest = Some(Encoded::new(self.write_newest()));
            }
        } else if self.whole.is_none() {
            self.whole = Some(Encoded::new(self.write_whole()));
        }
        let chosen = if version == self.version && follows { &mut self.newest } else { &mut self.whole };
        chosen.get_or_insert_with(Encoded::default)
    }

    fn write_newest(&self) -> Vec<u8> {
        let mut json = Json::default();
        json.object(|json| {
            json.key("version").whole(self.version);
            self.status.write(json);
            json.key("time").whole(self.times.back().copied().unwrap_or_default());
            json.key("oldest").whole(self.times.front().copied().unwrap_or_default());
            json.key("panels").array(|json| {
                for targets in &self.panels {
                    json.array(|json| targets.iter().for_each(|target| target.write_newest(json)));
                }
            });
        });
        json.into_bytes()
    }

    fn write_whole(&self) -> Vec<u8> {
        let mut json = Json::default();
        let mut evaluated = self.panels.iter();
        json.object(|json| {
            json.key("version").whole(self.version);
            self.status.write(json);
            json.key("slug").string(&self.board.slug);
            json.key("title").string(&self.board.title);
            json.key("window").whole(self.window.as_secs());
            json.key("times").array(|json| self.times.iter().for_each(|time| json.whole(*time)));
            json.key("rows").array(|json| {
                for row in &self.board.rows {
                    json.object(|json| {
                        json.key("title").string(&row.title);
                        json.key("panels").array(|json| {
                            for panel in &row.panels {
                                let targets = evaluated.next().map_or(&[][..], Vec::as_slice);
                                write_panel(json, panel, targets);
                            }
                        });
                    });
                }
            });
        });
        json.into_bytes()
    }
}

fn write_panel(json: &mut Json, panel: &Panel, targets: &[Target]) {
    json.object(|json| {
        json.key("title").string(&panel.title);
        json.key("description").string(&panel.description);
        json.key("kind").string(describe::kind_of_panel(panel.kind));
        json.key("unit").string(&describe::unit(&panel.unit));
        json.key("thresholds").array(|json| {
            for threshold in &panel.thresholds {
                json.object(|json| {
                    json.key("from").number(threshold.from);
                    json.key("level").string(match threshold.level {
                        Level::Warning => "warning",
                        Level::Critical => "critical",
                        _ => "good",
                    });
                });
            }
        });
        json.key("queries").array(|json| {
            for target in &panel.targets {
                json.string(&describe::promql(&target.query));
            }
        });
        let mut families: Vec<String> = panel
            .targets
            .iter()
            .flat_map(|target| target.query.families())
            .map(|family| family.name.clone())
            .collect();
        families.sort();
        families.dedup();
        json.key("metrics").array(|json| families.iter().for_each(|family| json.string(family)));
        json.key("hidden").size(targets.iter().map(Target::hidden).sum());
        json.key("lines").array(|json| {
            for (query, target) in targets.iter().enumerate() {
                target.write_lines(json, query);
            }
        });
    });
}
