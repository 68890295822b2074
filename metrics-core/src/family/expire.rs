//! Series that have not changed for some time.
//!
//! Counting does not note the time. A scrape compares each series with what the scrape before saw.

use super::{remove::mixed, view::View};
use crate::{
    cell::{Scope, UNASSIGNED},
    series::Store,
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

    fn expire_at(self, now: Instant) {
        let after = Duration::from_secs(u64::from(self.series.options.expire_after()));
        let (_, idle) = self.removal();
        let mut seen = idle.lock();
        let mut expired = Vec::new();
        let mut note = |slot: u32, state: u64| {
            let (last, since) = seen.entry(slot).or_insert((state, now));
            if *last != state {
                (*last, *since) = (state, now);
            } else if now.saturating_duration_since(*since) >= after {
                expired.push((slot, state));
            }
        };
        match self.store {
            Store::Cells(..) => self.each_series(Scope::Process, &mut |found| {
                if found.slot != UNASSIGNED && !found.hidden {
                    note(found.slot, mixed(found.cells));
                }
            }),
            Store::Words(absent) => self.each_word(&mut |_, slot, bits| {
                if let Some(slot) = slot.filter(|_| bits != absent) {
                    note(slot, bits);
                }
            }),
        }
        for (slot, state) in expired {
            seen.remove(&slot);
            // What was counted since it was looked at must not be lost.
            self.hide_if_still(slot, state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Store, mixed};
    use crate::{
        cell::{self, Layout},
        family::Series,
        label::LabelSet,
    };

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
        series.view(STORE).hide_if_still(slot, mixed(&[0]));
        assert_eq!(shown(&series), ["a"]);
        series.view(STORE).hide_if_still(slot, mixed(&[1]));
        assert!(shown(&series).is_empty());
        cell::add_slow(slot, 1);
        series.view(STORE).hide_if_still(slot, mixed(&[2]));
        assert_eq!(shown(&series), ["a"], "one since it was removed");
        series.view(STORE).hide_if_still(slot, mixed(&[1]));
        assert!(shown(&series).is_empty());
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
