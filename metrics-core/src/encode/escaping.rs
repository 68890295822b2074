//! Names that older readers cannot take, written so that they can.
//!
//! A name that consists of letters, digits, underscores and, in a metric's name, colons is left as it is by every
//! scheme, so that no scraper sees it under two names. All samples of a family are named after the one escaped name of
//! the family.
//!
//! Source: Prometheus, "Escaping schemes".

use crate::lint;
use std::{error::Error, fmt, fmt::Write as _, str::FromStr};

/// How a name is written that holds other characters than letters, digits and underscores.
///
/// ```
/// use tallymark_core::encode::Escaping;
///
/// assert_eq!("dots".parse(), Ok(Escaping::Dots));
/// assert_eq!(Escaping::Dots.metric_name("cpu.load"), "cpu_dot_load");
/// assert_eq!(Escaping::Values.metric_name("cpu.load"), "U__cpu_2e_load");
/// assert_eq!(Escaping::Values.metric_name("cpu_load"), "cpu_load");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Escaping {
    /// As it is, in quotes.
    AllowUtf8,
    /// `_` in place of each such character.
    #[default]
    Underscores,
    /// `_dot_` for a dot, `__` for an underscore and for everything else.
    Dots,
    /// `U__` before the name, `__` for an underscore, and the number of the character in hexadecimal between
    /// underscores for everything else. The one scheme from which the name can be read back.
    Values,
}

/// A text that names no escaping scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEscaping;

impl fmt::Display for UnknownEscaping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an escaping scheme is `allow-utf-8`, `underscores`, `dots` or `values`")
    }
}

impl Error for UnknownEscaping {}

impl FromStr for Escaping {
    type Err = UnknownEscaping;

    fn from_str(text: &str) -> Result<Self, UnknownEscaping> {
        [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values]
            .into_iter()
            .find(|scheme| scheme.as_str() == text)
            .ok_or(UnknownEscaping)
    }
}

impl fmt::Display for Escaping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Escaping {
    /// The scheme's name, as in `escaping=` of a header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// A metric's name in this scheme.
    pub fn metric_name(self, name: &str) -> String {
        if lint::is_metric_name(name) { name.to_owned() } else { self.escape(name, true) }
    }

    /// A label's name in this scheme.
    pub fn label_name(self, name: &str) -> String {
        if is_plain_label(name) { name.to_owned() } else { self.escape(name, false) }
    }

    fn escape(self, name: &str, colon: bool) -> String {
        let mut escaped = String::with_capacity(name.len() + 8);
        if self == Self::Values {
            escaped.push_str("U__");
        }
        for (at, character) in name.chars().enumerate() {
            let plain = match character {
                'a'..='z' | 'A'..='Z' | '_' => true,
                '0'..='9' => at > 0,
                ':' => colon,
                _ => false,
            };
            match (self, character) {
                (Self::Dots | Self::Values, '_') => escaped.push_str("__"),
                (Self::Dots, '.') => escaped.push_str("_dot_"),
                (Self::AllowUtf8, _) => escaped.push(character),
                _ if plain => escaped.push(character),
                (Self::Underscores, _) => escaped.push('_'),
                (Self::Dots, _) => escaped.push_str("__"),
                // Writing to a string does not fail.
                (Self::Values, _) => _ = write!(escaped, "_{:x}_", u32::from(character)),
            }
        }
        escaped
    }
}

/// Whether every format can carry the label name as it is.
pub(super) fn is_plain_label(name: &str) -> bool {
    lint::is_metric_name(name) && !name.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_escaped() {
        for (name, underscores, dots, values) in [
            (
                "mysystem.prod.west.cpu.load",
                "mysystem_prod_west_cpu_load",
                "mysystem_dot_prod_dot_west_dot_cpu_dot_load",
                "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load",
            ),
            ("label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"),
            ("花火", "__", "____", "U___82b1__706b_"),
            ("a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c"),
            ("1st", "_st", "__st", "U___31_st"),
        ] {
            for (scheme, escaped) in
                [(Escaping::Underscores, underscores), (Escaping::Dots, dots), (Escaping::Values, values)]
            {
                assert_eq!(scheme.metric_name(name), escaped);
                assert_eq!(scheme.label_name(name), escaped);
            }
            assert_eq!(Escaping::AllowUtf8.metric_name(name), name);
        }
    }

    #[test]
    fn names_that_everything_reads_stay() {
        for scheme in [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Dots, Escaping::Values] {
            assert_eq!(scheme.metric_name("a_b:c"), "a_b:c");
            assert_eq!(scheme.label_name("a_b9"), "a_b9");
            assert_eq!(scheme.as_str().parse(), Ok(scheme));
        }
        assert_eq!(Escaping::Values.label_name("a:b"), "U__a_3a_b");
        assert_eq!("UNDERSCORES".parse::<Escaping>(), Err(UnknownEscaping));
    }
}
