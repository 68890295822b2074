//! Where an expression ends: which commas stand between type arguments or a closure's parameters.

use proc_macro2::{Spacing, TokenTree};

use crate::tokens::Angles;

/// Follows an expression. A `<` opens a bracket in a type, behind `::`, and where a value could begin; elsewhere it
/// compares, as the language has it. A `|` where a value could begin opens a closure's parameters.
pub(super) struct Scan {
    angles: Angles,
    in_parameters: bool,
    /// Whether a value could begin here.
    at_start: bool,
    /// Whether a type is being written: behind `as` or the arrow of a closure.
    in_type: bool,
    /// The character that stands right before, without a space.
    joint: Option<char>,
}

impl Default for Scan {
    fn default() -> Self {
        Self { angles: Angles::default(), in_parameters: false, at_start: true, in_type: false, joint: None }
    }
}

impl Scan {
    /// Whether a comma here would end the expression.
    pub(super) fn is_outside(&self) -> bool {
        self.angles.are_closed() && !self.in_parameters
    }

    /// Goes past a token.
    pub(super) fn step(&mut self, token: &TokenTree) {
        let before = self.joint.take();
        let TokenTree::Punct(punct) = token else {
            if self.is_outside() {
                self.word(token);
            } else {
                self.angles.step(token);
            }
            return;
        };
        let character = punct.as_char();
        if punct.spacing() == Spacing::Joint {
            self.joint = Some(character);
        }
        if self.in_parameters {
            self.in_parameters = character != '|';
        } else if !self.angles.are_closed() {
            self.angles.step(token);
        } else {
            self.operator(character, before, token);
        }
    }

    fn word(&mut self, token: &TokenTree) {
        // Behind these, a value or a type follows.
        const OPEN: [&str; 9] = ["as", "async", "break", "const", "in", "move", "mut", "return", "static"];
        let TokenTree::Ident(word) = token else {
            (self.at_start, self.in_type) = (false, false);
            return;
        };
        self.in_type |= word == "as";
        self.at_start = OPEN.iter().any(|open| word == open);
    }

    fn operator(&mut self, character: char, before: Option<char>, token: &TokenTree) {
        match (character, before) {
            ('<', Some(':')) => self.open(token),
            ('<', before) if before != Some('<') && (self.at_start || self.in_type) => self.open(token),
            ('|', before) if before != Some('|') && self.at_start => self.in_parameters = true,
            // The arrow of a closure.
            ('>', Some('-')) => (self.at_start, self.in_type) = (true, true),
            // A field, a method, a path, a macro, a lifetime, and what asks.
            ('.' | ':' | '!' | '?' | '\'', _) => {}
            // What points may stand in a type.
            ('&' | '*', _) if self.at_start => {}
            _ => (self.at_start, self.in_type) = (true, false),
        }
    }

    fn open(&mut self, token: &TokenTree) {
        self.angles.step(token);
        self.at_start = false;
    }
}

#[cfg(test)]
mod tests {
    use syn::{Token, parse::Parser, punctuated::Punctuated};

    use crate::expression::Expression;

    #[test]
    fn commas_of_an_expression_do_not_end_it() {
        for one in [
            "X.with::<A, B>(c)",
            "A::<B, C>::D",
            "<A<B, C> as D<E, F>>::G",
            "|a, b| c",
            "move |a: A<B, C>| -> D<E, F> { g }",
            "(a, b)",
            "a as A<B, C>",
            "a as *const A<B, C>",
            "A { b, c }",
            "a || b",
            "a << b",
            "|| a",
            "move || a",
            "a.0 < b.0",
            "!a",
            "a..=b",
            "if a < b { c } else { d }",
        ] {
            for (text, count) in
                [(one.to_owned(), 1), (format!("{one}, more"), 2), (format!("x, {one}, y"), 3)]
            {
                let split =
                    Punctuated::<Expression, Token![,]>::parse_terminated.parse_str(&text).expect(&text);
                assert_eq!(split.len(), count, "{text}");
            }
        }
    }

    #[test]
    fn comparisons_open_no_brackets() {
        for text in ["a < b, c > d", "a | b, c | d", "f(a) < b, c", "a << b, c >> d", "(a) < b, c"] {
            let split = Punctuated::<Expression, Token![,]>::parse_terminated.parse_str(text).expect(text);
            assert_eq!(split.len(), 2, "{text}");
        }
    }
}
