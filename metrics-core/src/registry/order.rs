//! A thousand names in order, as fast as numbers can be sorted.

use super::resolve::Declared;

/// Sorts by name; metrics of one name by package, file and line, so that the same one is shown in every build. Answers
/// whether there are any of one name.
pub(super) fn sort(all: &mut [Declared]) -> bool {
    let mut keys: Vec<u128> = (0..all.len()).map(|at| at as u128).collect();
    let twice = sort_keys(all, &mut keys, 0);
    // Each place takes what its key says. What was there before has gone where the key of an earlier place said.
    for at in 0..keys.len() {
        let mut from = at;
        loop {
            from = keys.get(from).map_or(at, |key| place(*key));
            if from >= at {
                break;
            }
        }
        all.swap(at, from);
    }
    twice
}

/// Sorts keys whose names are the same in their first `skip` bytes.
///
/// Names of one application begin alike. What follows their common beginning is packed into one number, together with
/// the place, and numbers are what sorts fastest; where the numbers are the same, the bytes behind are sorted likewise.
/// Answers whether names are the same to their end.
fn sort_keys(all: &[Declared], keys: &mut [u128], skip: usize) -> bool {
    let skip = skip + common_prefix(all, keys, skip);
    for key in &mut *keys {
        *key = packed(name_behind(all, *key, skip)) | (*key & PLACE);
    }
    keys.sort_unstable();
    let mut twice = false;
    for same in keys.chunk_by_mut(|a, b| a & !PLACE == b & !PLACE) {
        if let [first, _, ..] = *same {
            // No name holds a zero, so it stands for the end: these names are the same.
            if first & END == 0 {
                same.sort_unstable_by(|a, b| by_place(all, *a).cmp(&by_place(all, *b)));
                twice = true;
            } else {
                twice |= sort_keys(all, same, skip + BYTES);
            }
        }
    }
    twice
}

/// How many bytes of the names a key holds.
const BYTES: usize = 12;

/// The bits of a key that hold the place among all names.
const PLACE: u128 = u32::MAX as u128;

/// The bits of a key that hold its last byte.
const END: u128 = 0xff << 32;

fn place(key: u128) -> usize {
    (key & PLACE) as usize
}

fn by_place(all: &[Declared], key: u128) -> Option<(&str, &str, u32)> {
    let place = &all.get(place(key))?.entry.descriptor.place;
    Some((place.package, place.file, place.line))
}

fn name_behind(all: &[Declared], key: u128, skip: usize) -> &[u8] {
    all.get(place(key)).and_then(|declared| declared.name().as_bytes().get(skip..)).unwrap_or_default()
}

/// How many bytes all names have in common behind those that are skipped.
fn common_prefix(all: &[Declared], keys: &[u128], skip: usize) -> usize {
    let Some((first, rest)) = keys.split_first() else { return 0 };
    let mut prefix = name_behind(all, *first, skip);
    for key in rest {
        let name = name_behind(all, *key, skip);
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
    if let Some(bytes) = text.first_chunk::<16>() {
        return u128::from_be_bytes(*bytes) & !PLACE;
    }
    let mut bytes = [0; 16];
    let length = text.len().min(BYTES);
    bytes[..length].copy_from_slice(&text[..length]);
    u128::from_be_bytes(bytes)
}
