//! Written JSON.

use std::fmt::Write as _;

/// A JSON text that is being written.
///
/// Members and items are separated here, so that what writes them need not know which is the first.
#[derive(Debug, Default)]
pub(super) struct Json {
    text: String,
}

impl Json {
    pub(super) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.within('{', '}', members);
    }

    pub(super) fn array(&mut self, items: impl FnOnce(&mut Self)) {
        self.within('[', ']', items);
    }

    fn within(&mut self, open: char, close: char, inside: impl FnOnce(&mut Self)) {
        self.separate();
        self.text.push(open);
        inside(self);
        self.text.push(close);
    }

    /// Begins a member of an object. Its value comes next.
    pub(super) fn key(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(':');
        self
    }

    pub(super) fn string(&mut self, text: &str) {
        self.separate();
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.text.push('\\');
                    self.text.push(character);
                }
                control if control < ' ' => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(control));
                }
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }

    pub(super) fn option(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.raw("null"),
        }
    }

    pub(super) fn whole(&mut self, number: impl Into<i128>) {
        self.separate();
        let _ = write!(self.text, "{}", number.into());
    }

    pub(super) fn size(&mut self, number: usize) {
        self.separate();
        let _ = write!(self.text, "{number}");
    }

    /// Writes a number with seven digits, which is more than a page shows; `null` for what is no number.
    pub(super) fn number(&mut self, number: f64) {
        self.separate();
        if !number.is_finite() {
            self.text.push_str("null");
        } else if number.fract() == 0.0 && number.abs() < 1e15 {
            let _ = write!(self.text, "{number}");
        } else {
            let rounded = format!("{number:.6e}").parse().unwrap_or(number);
            // Without an exponent, a small number would be a long row of zeros.
            if (1e-4..1e15).contains(&number.abs()) {
                let _ = write!(self.text, "{rounded}");
            } else {
                let _ = write!(self.text, "{rounded:e}");
            }
        }
    }

    fn raw(&mut self, text: &str) {
        self.separate();
        self.text.push_str(text);
    }

    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(['{', '[', ':']) {
            self.text.push(',');
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_separated_and_texts_are_escaped() {
        let mut json = Json::default();
        json.object(|json| {
            json.key("a\"\\\n\u{7f}é").array(|json| {
                json.string("{");
                json.string(":[");
                json.number(0.1);
                json.option(None);
            });
            json.key("b").object(|_| {});
            json.key("c").array(|json| json.whole(-3));
            json.key("d").size(4);
        });
        let text = String::from_utf8(json.into_bytes()).expect("text");
        assert_eq!(text, "{\"a\\\"\\\\\\u000a\u{7f}é\":[\"{\",\":[\",0.1,null],\"b\":{},\"c\":[-3],\"d\":4}");
    }

    #[test]
    fn numbers_are_short() {
        let written = |number: f64| {
            let mut json = Json::default();
            json.number(number);
            String::from_utf8(json.into_bytes()).expect("text")
        };
        for (number, text) in [
            (0.0, "0"),
            (1.0 / 3.0, "0.3333333"),
            (123_456_789.123, "123456800"),
            (1e9, "1000000000"),
            (1_700_000_000_123.0, "1700000000123"),
            (1.0e-9 / 3.0, "3.333333e-10"),
            (-2.5e20, "-2.5e20"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(written(number), text);
            let known =
                text.parse::<f64>().map_or(true, |read| ((read - number) / number.max(1e-300)).abs() < 1e-6);
            assert!(known || text == "0", "{text}");
        }
    }
}
