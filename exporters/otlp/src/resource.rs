//! What the metrics are of: the attributes of the service.
//!
//! Source: OpenTelemetry specification, "Resource SDK"; semantic conventions, "Service" and "Telemetry".

use crate::point::attribute;
use opentelemetry_proto::tonic::{common::v1::KeyValue, resource::v1::Resource};
use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
};

/// The attributes, by their names.
pub(crate) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// What is known without being told.
    pub(crate) fn new() -> Self {
        let program = std::env::current_exe().ok();
        let program = program.as_ref().and_then(|path| path.file_stem()).and_then(|stem| stem.to_str());
        let service =
            program.map_or_else(|| "unknown_service".into(), |name| format!("unknown_service:{name}"));
        let mut attributes = Self(BTreeMap::new());
        attributes.set("service.name", service);
        // Without it, two processes of one service write the same series, each over the other's values.
        attributes.set("service.instance.id", random_uuid());
        attributes.set("telemetry.sdk.language", "rust");
        attributes.set("telemetry.sdk.name", "tallymark");
        attributes.set("telemetry.sdk.version", env!("CARGO_PKG_VERSION"));
        attributes
    }

    /// Sets an attribute, in place of the one that has this name.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// The attributes as the message has them.
    pub(crate) fn into_resource(self) -> Resource {
        let attributes: Vec<KeyValue> = self.0.iter().map(|(name, value)| attribute(name, value)).collect();
        Resource { attributes, ..Resource::default() }
    }
}

/// A random UUID of version 4. It need not be secret, so the standard library's random keys of hash tables do.
///
/// Source: RFC 9562, section 5.4.
fn random_uuid() -> String {
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    let bits = (u128::from(high) << 64) | u128::from(low);
    let bits = (bits & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
    let digits = format!("{bits:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    parts.map(|(from, to)| digits.get(from..to).unwrap_or_default()).join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_their_version_and_variant() {
        for _ in 0..100 {
            let uuid = random_uuid();
            let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
            assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{uuid}");
        }
        assert_ne!(random_uuid(), random_uuid());
    }
}
