//! Bytes that are kept where they are looked at, if they are few.

/// The most bytes that are kept without memory of their own: the values of two or three labels, usually.
const SHORT: usize = 62;

/// Bytes that do not change.
pub(crate) enum Bytes {
    Short { len: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

impl Bytes {
    /// Copies the parts that `each` adds, one after the other. It is called twice, and adds the same both times.
    pub(crate) fn of(each: impl Fn(&mut dyn FnMut(&[u8]))) -> Self {
        let mut len = 0;
        each(&mut |part| len += part.len());
        match u8::try_from(len) {
            Ok(short) if len <= SHORT => {
                let (mut bytes, mut at) = ([0; SHORT], 0);
                each(&mut |part| {
                    if let Some(place) = bytes.get_mut(at..at + part.len()) {
                        place.copy_from_slice(part);
                    }
                    at += part.len();
                });
                Self::Short { len: short, bytes }
            }
            _ => {
                let mut bytes = Vec::with_capacity(len);
                each(&mut |part| bytes.extend_from_slice(part));
                Self::Long(bytes.into())
            }
        }
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Long(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, SHORT};

    #[test]
    fn bytes_are_kept_whatever_their_length() {
        for len in [0, 1, SHORT - 1, SHORT, SHORT + 1, 255, 256, 257, 70_000] {
            let all: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
            for at in [0, len / 3, len] {
                let (one, other) = all.split_at(at);
                let kept = Bytes::of(|add| [one, other].into_iter().for_each(add));
                assert_eq!(kept.as_slice(), all, "{at} of {len}");
                assert_eq!(matches!(kept, Bytes::Short { .. }), len <= SHORT, "{len}");
            }
        }
    }
}
