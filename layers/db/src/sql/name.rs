//! Names of tables.

/// A name as it stands in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// Without the outer quotes.
    text: &'a str,
    /// The closing quote, which stands doubled where it is part of the name.
    quote: Option<u8>,
}

impl<'a> Name<'a> {
    pub(super) fn plain(text: &'a str) -> Self {
        Self { text, quote: None }
    }

    pub(super) fn quoted(text: &'a str) -> Self {
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        Self { text: inner, quote: text.as_bytes().last().copied() }
    }

    /// The bytes of the name, in lower case as far as they are ASCII.
    ///
    /// Databases differ in when case matters, and a program has no two tables whose names differ in case alone.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        let mut skip = false;
        let quote = self.quote;
        self.text.bytes().filter_map(move |byte| {
            skip = !skip && Some(byte) == quote;
            (!skip || Some(byte) != quote).then(|| byte.to_ascii_lowercase())
        })
    }

    /// Whether it is this name.
    pub(crate) fn is(self, name: &str) -> bool {
        self.bytes().eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    /// A number that is the same for names that are the same.
    pub(crate) fn hash(self) -> u64 {
        hash(self.bytes())
    }
}

/// The [hash](Name::hash) of a name that stands in no text.
pub(crate) fn name_hash(name: &str) -> u64 {
    hash(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// FNV-1a, which is quick for a few bytes.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
