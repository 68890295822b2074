//! The key of an entry: `["family", "sample", {labels}, "help"]`, in JSON. Up to version 0.15 there is no help text.

/// What an entry is a sample of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) family: String,
    pub(super) sample: String,
    /// Sorted by name.
    pub(super) labels: Vec<(String, String)>,
    pub(super) help: String,
}

/// What Python shows where there is no help text.
const NO_HELP: &str = "Multiprocess metric";

struct Json<'a>(&'a str);

impl Json<'_> {
    fn skip(&mut self, token: char) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(token)?;
        Some(())
    }

    fn has(&mut self, token: char) -> bool {
        self.skip(token).is_some()
    }

    fn hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(4)?;
        self.0 = rest;
        u32::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    }

    fn string(&mut self) -> Option<String> {
        self.skip('"')?;
        let mut text = String::new();
        loop {
            let stop = self.0.find(['"', '\\'])?;
            let (plain, rest) = self.0.split_at(stop);
            text.push_str(plain);
            let mut rest = rest.chars();
            if rest.next()? == '"' {
                self.0 = rest.as_str();
                return Some(text);
            }
            let escape = rest.next()?;
            self.0 = rest.as_str();
            text.push(match escape {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => {
                    let first = self.hex()?;
                    if (0xd800..0xdc00).contains(&first) && self.0.starts_with("\\u") {
                        self.0 = &self.0[2..];
                        let second = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)?
                    } else {
                        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                }
                other @ ('"' | '\\' | '/') => other,
                _ => return None,
            });
        }
    }
}

impl Key {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.starts_with("[\"") {
            return None;
        }
        let mut json = Json(text);
        json.skip('[')?;
        let family = json.string()?;
        json.skip(',')?;
        let sample = json.string()?;
        json.skip(',')?;
        json.skip('{')?;
        let mut labels = Vec::new();
        while !json.has('}') {
            if !labels.is_empty() {
                json.skip(',')?;
            }
            let name = json.string()?;
            json.skip(':')?;
            labels.push((name, json.string()?));
        }
        let help = if json.has(',') { json.string()? } else { NO_HELP.to_owned() };
        json.skip(']')?;
        labels.sort_unstable();
        json.0.trim().is_empty().then_some(Self { family, sample, labels, help })
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn keys_of_all_versions() {
        let key = Key::parse(r#"["c", "c_total", {"b": "\u00e4\ud83d\ude00", "a": "x\"\\\n"}]"#).unwrap();
        assert_eq!((key.family.as_str(), key.sample.as_str()), ("c", "c_total"));
        assert_eq!(key.labels, [("a".into(), "x\"\\\n".into()), ("b".to_owned(), "ä😀".to_owned())]);
        assert_eq!(key.help, "Multiprocess metric");
        assert_eq!(Key::parse(r#"["g", "g", {}, "Help."]"#).unwrap().help, "Help.");
        for bad in ["", "[]", "[\"a\"]", "[\"a\", \"b\", {]", "[\"a\", \"b\", {}, ", "[\"a\", \"b\", {}] x"] {
            assert_eq!(Key::parse(bad), None, "{bad}");
        }
    }
}
