//! Series that have not changed for some time.
//!
//! Counting does not note the time. A scrape compares each series with what the scrape before saw.

use super::{remove::mixed, view::View};
use crate::{
    cell::{self, Scope, Slot, UNASSIGNED},
    series::{LastSeen, Store},
};
use std::time::{Duration, Instant};

impl View<'_> {
    /// Removes the series that have not changed for as long as the options say. Looks at the clock only if they say
    /// something: most do not.
    pub(crate) fn expire(self) {
        if self.series.options.expire_after() > 0 {
            self.expire_at(Instant::now());
        }
    }

    pub(super) fn expire_at(self, now: Instant) {
        let after = Duration::from_secs(u64::from(self.series.options.expire_after()));
        let (_, idle) = self.removal();
        // Of scrapes at the same time, one looks.
        let Some(mut seen) = idle.take() else { return };
        let mut expired = Vec::new();
        // What is active stays, whether or not it looks the same.
        let mut note = |slot: Slot, place: Option<u32>, state: u64, is_active: bool| {
            let last = seen.entry(slot.first()).or_insert_with(|| LastSeen { slot, state, since: now });
            if is_active || last.state != state || last.slot.is_over() {
                *last = LastSeen { slot, state, since: now };
            } else if now.saturating_duration_since(last.since) >= after {
                expired.push((slot, place, state));
            }
        };
        match self.store {
            Store::Cells(layout, _) => self.each_series(Scope::Process, &mut |found| {
                if found.slot.first() != UNASSIGNED && !found.hidden {
                    note(found.slot, found.place, mixed(found.cells), layout.has_level(found.cells));
                }
            }),
            Store::Words(absent) => self.each_word(&mut |_, word, bits| {
                if let Some((slot, place)) = word.filter(|_| bits != absent) {
                    note(slot, place, bits, cell::word(slot.first()).take_touched());
                }
            }),
        }
        for (slot, place, state) in expired {
            seen.remove(&slot.first());
            // What was counted since it was looked at must not be lost.
            self.hide_if_still(slot, place, state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Scope, Store, mixed};
    use crate::{
        cell::{self, Layout},
        family::Series,
        label::LabelSet,
    };
    use std::sync::atomic::{AtomicUsize, Ordering};

    const STORE: Store = Store::cells(Layout { floats: 0, integers: 1, level: false });

    struct Name<'a>(&'a str);

    impl LabelSet for Name<'_> {
        type Borrowed<'a> = Name<'a>;
        const NAMES: &'static [&'static str] = &["name"];
        const CARDINALITY: Option<usize> = None;

        fn index(&self) -> usize {
            0
        }

        fn visit(&self, f: &mut impl FnMut(&str)) {
            f(self.0);
        }

        fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
    }

    fn shown(series: &Series<Name<'static>>) -> Vec<String> {
        let mut names = Vec::new();
        series.view(STORE).shown(&mut |_, texts| names.push(texts[0].to_owned()));
        names
    }

    #[test]
    fn what_does_not_change_for_long_enough_goes_and_may_return() {
        let mut series = Series::<Name<'static>>::new();
        series.options_mut().set_expire_after(60);
        let count = |name| cell::add_slow(series.slot(Name(name), || STORE), 1);
        let start = Instant::now();
        let at = |seconds| series.view(STORE).expire_at(start + Duration::from_secs(seconds));

        count("busy");
        count("idle");
        at(0);
        count("busy");
        at(59);
        assert_eq!(shown(&series), ["busy", "idle"]);
        at(60);
        assert_eq!(shown(&series), ["busy"], "idle since the first look, busy since the second");
        at(119);
        assert!(shown(&series).is_empty());
        count("idle");
        at(200);
        assert_eq!(shown(&series), ["idle"]);
    }

    #[test]
    fn what_counts_while_it_is_about_to_go_stays() {
        let series = Series::<Name<'static>>::new();
        let slot = series.slot(Name("a"), || STORE);
        cell::add_slow(slot, 1);
        series.view(STORE).hide_if_still(slot, None, mixed(&[0]));
        assert_eq!(shown(&series), ["a"]);
        series.view(STORE).hide_if_still(slot, None, mixed(&[1]));
        assert!(shown(&series).is_empty());
        cell::add_slow(slot, 1);
        series.view(STORE).hide_if_still(slot, None, mixed(&[2]));
        assert_eq!(shown(&series), ["a"], "one since it was removed");
        series.view(STORE).hide_if_still(slot, None, mixed(&[1]));
        assert!(shown(&series).is_empty());
    }

    #[test]
    fn what_has_a_level_stays_and_so_does_a_gauge_that_is_set_to_the_same() {
        const LEVEL: Store = Store::cells(Layout { floats: 0, integers: 2, level: true });
        const WORDS: Store = Store::Words(7);
        let start = Instant::now();
        let mut levels = Series::<Name<'static>>::new();
        levels.options_mut().set_expire_after(60);
        let mut gauges = Series::<Name<'static>>::new();
        gauges.options_mut().set_expire_after(60);
        let names = |series: &Series<Name<'static>>, store: Store| {
            let mut names = Vec::new();
            let view = series.view(store);
            match store {
                Store::Cells(..) => {
                    view.each(Scope::Process, &mut |labels, _| names.push(labels.values()[0].to_owned()));
                }
                Store::Words(absent) => view.each_word(&mut |labels, _, bits| {
                    names.extend((bits != absent).then(|| labels.values()[0].to_owned()));
                }),
            }
            names
        };
        let level = levels.slot(Name("open"), || LEVEL);
        cell::add_slow(level.plus(1), 10);
        cell::add_slow(levels.slot(Name("none"), || LEVEL).plus(1), 0);
        let same = cell::word(gauges.slot(Name("same"), || WORDS).first());
        cell::word(gauges.slot(Name("old"), || WORDS).first()).store(1);
        for minutes in 0..10 {
            same.store(1);
            let now = start + Duration::from_secs(60 * minutes);
            levels.view(LEVEL).expire_at(now);
            gauges.view(WORDS).expire_at(now);
            if minutes > 0 {
                assert_eq!(names(&levels, LEVEL), ["open"]);
                assert_eq!(names(&gauges, WORDS), ["same"]);
            }
        }
        cell::add_slow(level, 10);
        for minutes in 10..13 {
            levels.view(LEVEL).expire_at(start + Duration::from_secs(60 * minutes));
        }
        assert!(names(&levels, LEVEL).is_empty());
    }

    /// A closed label set is asked for its texts while a scrape looks for idle series. What it does then is its own affair.
    #[test]
    fn a_label_set_may_scrape_while_it_is_asked_for_its_texts() {
        static SERIES: Series<Either> = {
            let mut series = Series::new();
            series.options_mut().set_expire_after(60);
            series
        };
        static NESTED: AtomicUsize = AtomicUsize::new(0);
        struct Either(usize);
        impl LabelSet for Either {
            type Borrowed<'a> = Self;
            const NAMES: &'static [&'static str] = &["name"];
            const CARDINALITY: Option<usize> = Some(2);

            fn index(&self) -> usize {
                self.0
            }

            fn visit(&self, _: &mut impl FnMut(&str)) {}

            fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
                NESTED.fetch_add(1, Ordering::Relaxed);
                SERIES.view(STORE).expire();
                f(["a", "b"][index]);
            }
        }
        cell::add_slow(SERIES.slot(Either(0), || STORE), 1);
        let start = Instant::now();
        let at = |seconds| SERIES.view(STORE).expire_at(start + Duration::from_secs(seconds));
        at(0);
        assert!(NESTED.load(Ordering::Relaxed) > 0);
        at(60);
        let mut shown = Vec::new();
        SERIES.view(STORE).shown(&mut |_, texts| shown.push(texts[0].to_owned()));
        assert!(shown.is_empty(), "{shown:?}");
    }

    #[test]
    fn unless_asked_nothing_expires() {
        let series = Series::<Name<'static>>::new();
        cell::add_slow(series.slot(Name("a"), || STORE), 1);
        series.view(STORE).expire();
        series.view(STORE).expire();
        assert_eq!(shown(&series), ["a"]);
    }
}
