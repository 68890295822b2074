//! `/proc/self/auxv`: what the kernel told the process when it started, in pairs of a type and a value.

/// In what the kernel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Units {
    pub(super) ticks_per_second: u64,
    pub(super) page_bytes: u64,
}

const WORD: usize = size_of::<usize>();
const AT_PAGESZ: usize = 6;
const AT_CLKTCK: usize = 17;

impl Units {
    /// Takes what nearly all systems have for what is not there.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut units = Self { ticks_per_second: 100, page_bytes: 4096 };
        let word = |bytes: &[u8]| bytes.try_into().map_or(0, usize::from_ne_bytes);
        for pair in bytes.chunks_exact(2 * WORD) {
            let (kind, value) = pair.split_at(WORD);
            let value = word(value) as u64;
            match word(kind) {
                AT_PAGESZ if value > 0 => units.page_bytes = value,
                AT_CLKTCK if value > 0 => units.ticks_per_second = value,
                _ => {}
            }
        }
        units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auxv(pairs: &[(usize, usize)]) -> Vec<u8> {
        pairs.iter().flat_map(|&(kind, value)| [kind.to_ne_bytes(), value.to_ne_bytes()].concat()).collect()
    }

    #[test]
    fn units() {
        let usual = auxv(&[(33, 0x7fff_0000), (AT_PAGESZ, 16384), (AT_CLKTCK, 1000), (3, 64), (0, 0)]);
        let table = [
            ("both", usual.clone(), (1000, 16384)),
            ("cut short", usual[..=5 * WORD].to_vec(), (100, 16384)),
            ("one", auxv(&[(AT_CLKTCK, 250), (0, 0)]), (250, 4096)),
            ("nothing", Vec::new(), (100, 4096)),
            ("zeros", auxv(&[(AT_PAGESZ, 0), (AT_CLKTCK, 0)]), (100, 4096)),
        ];
        for (what, bytes, (ticks_per_second, page_bytes)) in table {
            assert_eq!(Units::parse(&bytes), Units { ticks_per_second, page_bytes }, "{what}");
        }
    }
}
