//! Labels of the layer and labels of the application's, together.

use tallymark_core::{__private_v4::VisitValues, LabelSet};

/// The most labels that a set has; see [`LabelSet`].
const MOST: usize = 16;

/// The labels of a family, then the application's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct With<'a, B, L: 'static> {
    pub(crate) base: B,
    pub(crate) own: &'a L,
}

/// Names in a row; what is beyond the sixteenth is left out, and [`crate::BuildError`] says so.
const fn joined(base: &[&'static str], own: &[&'static str]) -> [&'static str; MOST] {
    let mut all = [""; MOST];
    let mut at = 0;
    while at < base.len() + own.len() && at < MOST {
        all[at] = if at < base.len() { base[at] } else { own[at - base.len()] };
        at += 1;
    }
    all
}

impl<B: LabelSet, L: LabelSet> With<'_, B, L> {
    const ALL: &'static [&'static str; MOST] = &joined(B::NAMES, L::NAMES);
    const LEN: usize = {
        let len = B::NAMES.len() + L::NAMES.len();
        if len < MOST { len } else { MOST }
    };
    /// How many sets of the application's labels there are.
    const OWN: usize = match L::CARDINALITY {
        Some(count) => count,
        None => 1,
    };
}

impl<B: LabelSet, L: LabelSet> LabelSet for With<'_, B, L> {
    type Borrowed<'a> = With<'a, B::Borrowed<'a>, L>;

    const NAMES: &'static [&'static str] = Self::ALL.split_at(Self::LEN).0;

    const ALLOWS_CARDINALITY: bool = B::ALLOWS_CARDINALITY || L::ALLOWS_CARDINALITY;
    const CARDINALITY: Option<usize> = match (B::CARDINALITY, L::CARDINALITY) {
        (Some(base), Some(own)) => base.checked_mul(own),
        _ => None,
    };

    #[inline]
    fn index(&self) -> usize {
        if Self::CARDINALITY.is_none() { 0 } else { self.base.index() * Self::OWN + self.own.index() }
    }

    #[inline]
    fn visit(&self, f: &mut impl FnMut(&str)) {
        self.base.visit(f);
        self.own.visit(f);
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        if Self::CARDINALITY.is_none() {
            return;
        }
        if let (Some(base), Some(own)) = (index.checked_div(Self::OWN), index.checked_rem(Self::OWN)) {
            B::visit_at(base, f);
            L::visit_at(own, f);
        }
    }

    fn visit_closed(f: &mut VisitValues<'_>) {
        B::visit_closed(f);
        L::visit_closed(f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{ByMethod, Full, MethodLabel, Status};

    type Closed = With<'static, ByMethod, own::Flag>;
    type Plain = With<'static, Full<'static>, ()>;

    #[test]
    fn names_values_and_numbers_are_those_of_both() {
        assert_eq!(Closed::NAMES, ["method", "flag"]);
        assert_eq!(Closed::CARDINALITY, Some(MethodLabel::COUNT * 2));
        for index in 0..MethodLabel::COUNT * 2 {
            let mut texts = Vec::new();
            Closed::visit_at(index, &mut |text| texts.push(text));
            let flag = own::Flag { flag: texts[1] == "true" };
            let labels = With { base: ByMethod { method: MethodLabel::named(texts[0]) }, own: &flag };
            assert_eq!(labels.index(), index);
            let mut seen = Vec::new();
            labels.visit(&mut |text| seen.push(text.to_owned()));
            assert_eq!(seen, texts);
        }
        let mut numbers = Vec::new();
        Closed::visit_closed(&mut |values, text_at| numbers.push((values, text_at(1))));
        assert_eq!(numbers, [(Some(MethodLabel::COUNT), "HEAD"), (Some(2), "true")]);
        assert_eq!(Plain::NAMES, ["method", "route", "status"]);
        assert_eq!(Plain::CARDINALITY, None);
        let labels =
            With { base: Full { method: MethodLabel::Get, route: "/", status: Status(200) }, own: &() };
        let mut seen = Vec::new();
        labels.visit(&mut |text| seen.push(text.to_owned()));
        assert_eq!(seen, ["GET", "/", "200"]);
    }

    mod own {
        use tallymark_derive::LabelSet;

        #[derive(LabelSet)]
        #[label(crate = tallymark_core)]
        pub(super) struct Flag {
            pub(super) flag: bool,
        }
    }
}
