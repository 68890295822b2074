//! Sorting many texts by turning them into numbers, which sort several times as fast.

/// The order of texts that were given in another one.
pub(crate) struct Order {
    /// What the sort compared, with the place of each text in the low bits.
    keys: Vec<u128>,
    /// Whether some texts are the same.
    pub(crate) twice: bool,
}

impl Order {
    /// Puts `items`, one for each text, into this order. Those whose texts are the same keep theirs.
    pub(crate) fn apply<T>(mut self, items: &mut [T]) {
        debug_assert_eq!(self.keys.len(), items.len());
        for start in 0..items.len().min(self.keys.len()) {
            // Each place takes what its key says, and what was there is handed on to where that came from, until the
            // first of them is found again.
            let mut at = start;
            while let Some(key) = self.keys.get_mut(at) {
                let from = place(std::mem::replace(key, at as u128));
                if from == start || from >= items.len() {
                    break;
                }
                items.swap(at, from);
                at = from;
            }
        }
    }
}

/// Sorts texts: so many, the one at each place as `text` says.
pub(crate) fn by_text<'a>(count: usize, text: &dyn Fn(usize) -> &'a str) -> Order {
    let mut keys: Vec<u128> = (0..count).map(|at| at as u128).collect();
    let twice = sort_keys(text, &mut keys, 0);
    Order { keys, twice }
}

/// Sorts keys whose texts are the same in their first `skip` bytes.
///
/// Names of one application begin alike. What follows their common beginning is packed into one number, together with
/// the place, and numbers are what sorts fastest; where the numbers are the same, the bytes behind are sorted likewise.
/// Returns whether texts are the same to their end.
fn sort_keys<'a>(text: &dyn Fn(usize) -> &'a str, keys: &mut [u128], skip: usize) -> bool {
    let skip = skip + common_prefix(text, keys, skip);
    for key in &mut *keys {
        *key = packed(behind(text, *key, skip)) | (*key & PLACE);
    }
    #[expect(
        clippy::stable_sort_primitive,
        reason = "it notices what is sorted already: compilers put metrics of a module into the order of their names"
    )]
    keys.sort();
    let mut twice = false;
    for same in keys.chunk_by_mut(|a, b| a & !PLACE == b & !PLACE) {
        if let [first, _, ..] = *same {
            // A zero means the end, so that these texts are the same, unless they hold one themselves.
            twice |=
                if first & END == 0 { insert_each(text, same) } else { sort_keys(text, same, skip + BYTES) };
        }
    }
    twice
}

/// Sorts what is nearly always sorted, since it is the same. Returns whether texts are the same.
fn insert_each<'a>(text: &dyn Fn(usize) -> &'a str, keys: &mut [u128]) -> bool {
    let mut twice = false;
    for end in 1..keys.len() {
        let mut at = end;
        while at > 0 && text(place(keys[at])) < text(place(keys[at - 1])) {
            keys.swap(at, at - 1);
            at -= 1;
        }
        twice |= at > 0 && text(place(keys[at])) == text(place(keys[at - 1]));
    }
    twice
}

/// How many bytes of the texts a key holds.
const BYTES: usize = 12;

/// The bits of a key that hold the place among all texts.
const PLACE: u128 = u32::MAX as u128;

/// The bits of a key that hold its last byte.
const END: u128 = 0xff << 32;

fn place(key: u128) -> usize {
    (key & PLACE) as usize
}

fn behind<'a>(text: &dyn Fn(usize) -> &'a str, key: u128, skip: usize) -> &'a [u8] {
    text(place(key)).as_bytes().get(skip..).unwrap_or_default()
}

/// How many bytes all texts have in common behind those that are skipped.
fn common_prefix<'a>(text: &dyn Fn(usize) -> &'a str, keys: &[u128], skip: usize) -> usize {
    let Some((first, rest)) = keys.split_first() else { return 0 };
    let mut prefix = behind(text, *first, skip);
    for key in rest {
        let name = behind(text, *key, skip);
        if !name.starts_with(prefix) {
            let same = prefix.iter().zip(name).take_while(|(a, b)| a == b).count();
            prefix = prefix.split_at(same).0;
            if same == 0 {
                break;
            }
        }
    }
    prefix.len()
}

/// The first bytes as a number that sorts as they do; a shorter text sorts first, as it should.
fn packed(text: &[u8]) -> u128 {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.get(8..).and_then(<[u8]>::first_chunk)) {
        return u128::from(u64::from_be_bytes(*first)) << 64 | u128::from(u32::from_be_bytes(*last)) << 32;
    }
    let mut bytes = [0; 16];
    let length = text.len().min(BYTES);
    bytes[..length].copy_from_slice(&text[..length]);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::by_text;
    use proptest::prelude::*;

    fn check(texts: &[String]) {
        let order = by_text(texts.len(), &|at| &texts[at]);
        let twice = order.twice;
        let mut expected: Vec<usize> = (0..texts.len()).collect();
        expected.sort_by_key(|at| &texts[*at]);
        let mut items: Vec<usize> = (0..texts.len()).collect();
        order.apply(&mut items);
        assert_eq!(items, expected, "{texts:?}");
        assert_eq!(twice, expected.windows(2).any(|two| texts[two[0]] == texts[two[1]]), "{texts:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 5 } else { 256 }))]

        #[test]
        fn texts_come_in_the_order_of_a_stable_sort(
            texts in proptest::collection::vec("(shop_orders_)?[ab]{0,3}(_created)?[a-c]{0,14}", 0..40),
        ) {
            check(&texts);
        }

        #[test]
        fn and_so_do_texts_with_zeros(texts in proptest::collection::vec("[a\0]{0,16}", 0..40)) {
            check(&texts);
        }
    }
}
