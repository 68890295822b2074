//! Which program it is.

/// Declares the metric `build_info`, whose labels name the package that calls this and its version.
///
/// Call it once, in the package of the program. Further labels follow as pairs, which have to be constant; a label that is
/// `None` is an empty one, which Prometheus treats as absent.
///
/// ```
/// tallymark::build_info!("revision" = "4f0c1d2", "profile" = if cfg!(debug_assertions) { "debug" } else { "release" });
///
/// let text = tallymark::encode_to_string(tallymark::registry::Format::Text004);
/// assert!(text.contains("\nbuild_info{package=\"tallymark\",version=\""), "{text}");
/// ```
#[macro_export]
macro_rules! build_info {
    ($($label:literal = $value:expr),* $(,)?) => {
        const _: () = {
            use $crate as tallymark;
            /// Package and version of this program.
            #[$crate::metric(name = "build_info", crate = tallymark)]
            static BUILD_INFO: $crate::Info = $crate::Info::new(&[
                ("package", ::core::env!("CARGO_PKG_NAME")),
                ("version", ::core::env!("CARGO_PKG_VERSION")),
                $(($label, $value),)*
            ]);
        };
    };
}
