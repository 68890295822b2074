//! Words in names, and the ways to write them.

/// How `rename_all` writes the words of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Snake,
    Kebab,
    Camel,
    Pascal,
    ScreamingSnake,
    Lower,
    Upper,
}

/// What `rename_all` accepts.
pub(crate) const CASES: &[(&str, Case)] = &[
    ("snake_case", Case::Snake),
    ("kebab-case", Case::Kebab),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
];

impl Case {
    /// Finds a case by the way its own name is written.
    pub(crate) fn find(text: &str) -> Option<Self> {
        CASES.iter().find(|(name, _)| *name == text).map(|(_, case)| *case)
    }

    /// Writes an identifier in this case.
    pub(crate) fn apply(self, ident: &str) -> String {
        let words = words(ident);
        match self {
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::Camel => match words.split_first() {
                Some((first, rest)) => first.clone() + &capitals(rest),
                None => String::new(),
            },
            Self::Pascal => capitals(&words),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
        }
    }
}

/// The words of an identifier, in lower case. A run of capitals is one word: `HTTPRequest` is `http`, `request`.
pub(crate) fn words(ident: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in ident.trim_start_matches("r#").split('_') {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, &letter) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let after = letters.get(at + 1);
            let begins = letter.is_uppercase()
                && before.is_some_and(|before| {
                    !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
                });
            if begins {
                words.push(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitals(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        let mut letters = word.chars();
        text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        text.extend(letters);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Case, words};

    #[test]
    fn splits_identifiers_into_words() {
        assert_eq!(words("PayPal"), ["pay", "pal"]);
        assert_eq!(words("HTTPRequest"), ["http", "request"]);
        assert_eq!(words("Http2"), ["http2"]);
        assert_eq!(words("ORDERS_TOTAL"), ["orders", "total"]);
        assert_eq!(words("r#type"), ["type"]);
        assert_eq!(words("__x__"), ["x"]);
    }

    #[test]
    fn writes_every_case() {
        for (case, text) in [
            (Case::Snake, "card_declined"),
            (Case::Kebab, "card-declined"),
            (Case::Camel, "cardDeclined"),
            (Case::Pascal, "CardDeclined"),
            (Case::ScreamingSnake, "CARD_DECLINED"),
            (Case::Lower, "carddeclined"),
            (Case::Upper, "CARDDECLINED"),
        ] {
            assert_eq!(case.apply("CardDeclined"), text);
        }
    }
}
