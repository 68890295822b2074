use proptest::prelude::*;

use super::*;

fn choose(accept: &str) -> Option<Coding> {
    Coding::choose([accept], Coding::ALL)
}

#[test]
fn plain() {
    for accept in
        ["", ",", "identity", "deflate, br", "gzip;q=0", "*;q=0, identity", "identity;q=0.1, *", "*"]
    {
        assert_eq!(choose(accept), Some(Coding::Identity), "{accept}");
    }
    assert_eq!(Coding::choose([], Coding::ALL), Some(Coding::Identity));
    assert_eq!(Coding::choose(["gzip, zstd"], Coding::PLAIN), Some(Coding::Identity));
}

/// What the grammar does not have says nothing, so it does not exclude anything either.
#[test]
fn what_is_malformed_is_skipped() {
    for accept in [
        "*;h;    q   =0",
        "*;q =0",
        "*;q= 0",
        "*;h;q=0",
        "*;q=0;h",
        "*;q=\"0\"",
        "identity;q=.0",
        "identity;q=0.0000",
        "identity;level=0",
        "identity;",
    ] {
        assert_eq!(choose(accept), Some(Coding::Identity), "{accept}");
    }
    for accept in ["*;q=0", "* ;\tq=0.000", "*; Q=0."] {
        assert_eq!(choose(accept), None, "{accept}");
    }
}

#[test]
fn nothing_is_acceptable() {
    for accept in ["*;q=0", "identity;q=0", "identity;q=0, br", "*;q=0, deflate", "identity;q=0.000, *;q=0"] {
        assert_eq!(choose(accept), None, "{accept}");
    }
    assert_eq!(Coding::choose(["identity;q=0, gzip, zstd"], Coding::PLAIN), None);
}

#[cfg(feature = "gzip")]
#[test]
fn gzip() {
    for accept in [
        // What Prometheus, VictoriaMetrics, Grafana Alloy and everything else written in Go sends.
        "gzip",
        // Python.
        "gzip, deflate",
        "x-gzip",
        "GZIP;Q=0.001",
        "gzip;q=0.5, identity;q=0.4",
        "br;q=1.0, gzip;q=0.8, zstd;q=0.7",
        " gzip ; q=1 , zstd;q=0",
        "gzip;q=0.2, *",
    ] {
        assert_eq!(choose(accept), Some(Coding::Gzip), "{accept}");
    }
    for accept in ["gzip;q=0.5, identity", "gzip;q=1, gzip;q=0", "gzip;q=2", "gzip;q=much", "gzip/1"] {
        assert_eq!(choose(accept), Some(Coding::Identity), "{accept}");
    }
}

#[cfg(all(feature = "gzip", feature = "zstd"))]
#[test]
fn zstd() {
    for accept in [
        // curl --compressed
        "deflate, gzip, br, zstd",
        // Browsers.
        "gzip, deflate, br, zstd",
        "zstd",
        "identity;q=0, *",
        "zstd;q=0.5, gzip;q=0.5",
    ] {
        assert_eq!(choose(accept), Some(Coding::Zstd), "{accept}");
    }
}

#[cfg(any(feature = "gzip", feature = "zstd"))]
mod chunks {
    use super::*;
    use std::io::Read;

    /// What comes out of a compressor, piece by piece.
    fn compressed(coding: Coding, chunks: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut compressor = Compressor::new(coding).expect("memory");
        let mut pieces: Vec<Vec<u8>> =
            chunks.into_iter().map(|chunk| compressor.write(chunk).expect("memory")).collect();
        pieces.push(compressor.finish().expect("memory"));
        pieces
    }

    fn restore(coding: Coding, bytes: &[u8]) -> Vec<u8> {
        let mut whole = Vec::new();
        match coding {
            Coding::Identity => whole.extend_from_slice(bytes),
            #[cfg(feature = "gzip")]
            Coding::Gzip => {
                flate2::read::GzDecoder::new(bytes).read_to_end(&mut whole).expect("a whole stream");
            }
            #[cfg(feature = "zstd")]
            Coding::Zstd => whole = zstd::stream::decode_all(bytes).expect("a whole stream"),
        }
        whole
    }

    proptest! {
        #[test]
        fn nothing_is_lost(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..20),
        ) {
            for &coding in &Coding::ALL[..Coding::ALL.len() - 1] {
                prop_assert_eq!(restore(coding, &compressed(coding, chunks.clone()).concat()), chunks.concat());
            }
        }
    }

    /// It comes while it is made, and not all at the end.
    #[test]
    fn large_ones_stream() {
        for &coding in &Coding::ALL[..Coding::ALL.len() - 1] {
            let mut state = 1_u32;
            let mut noise = move || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            };
            let chunks: Vec<Vec<u8>> = (0..64).map(|_| (0..64 * 1024).map(|_| noise()).collect()).collect();
            let pieces = compressed(coding, chunks).into_iter().filter(|piece| !piece.is_empty()).count();
            assert!(pieces > 8, "{coding:?}: {pieces}");
        }
    }
}

proptest! {
    /// An excluded coding is never chosen, and something is unless it is excluded.
    #[test]
    fn what_is_excluded_is_not_chosen(
        mentions in prop::collection::vec((0..6_usize, prop::option::of(0..=1000_u16)), 0..8),
    ) {
        let names = ["identity", "gzip", "zstd", "br", "*", "x-gzip"];
        let items = mentions.iter().map(|(name, weight)| match weight {
            Some(weight) => format!("{};q={}", names[*name], f64::from(*weight) / 1000.0),
            None => names[*name].to_owned(),
        });
        let accept = items.collect::<Vec<_>>().join(",");
        let excluded = |own: &str| mentions.iter().any(|(name, weight)| names[*name] == own && *weight == Some(0));
        let named = |own: &str| mentions.iter().any(|(name, _)| names[*name] == own);
        match choose(&accept) {
            Some(coding) => {
                for name in coding.names() {
                    prop_assert!(!excluded(name), "{accept}");
                }
                prop_assert!(coding.names().iter().any(|name| named(name)) || !excluded("*"), "{accept}");
            }
            None => prop_assert!(excluded("identity") || excluded("*"), "{accept}"),
        }
    }

    #[test]
    fn anything_is_read(accept in ".*", more in "[a-z*;=,q0-9. ]*") {
        let _ = Coding::choose([accept.as_str(), more.as_str()], Coding::ALL);
    }
}
