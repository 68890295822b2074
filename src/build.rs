//! Which program it is.

/// Declares the metric `build_info`, whose labels name the package that calls this and its version.
///
/// Call it once, in the package of the program, outside of functions or in one. Further labels follow as pairs, whose values
/// are constants, such as what a build script has put into `env!("GIT_REVISION")`.
///
/// ```
/// use tallymark::registry::{self, Format};
///
/// tallymark::build_info!("profile" = if cfg!(debug_assertions) { "debug" } else { "release" });
///
/// fn main() {
///     let text = registry::encode_to_string(Format::Text004);
///     assert!(text.contains("\nbuild_info{package=\"tallymark\",version=\""), "{text}");
/// }
/// ```
#[macro_export]
macro_rules! build_info {
    ($($label:literal = $value:expr),* $(,)?) => {
        const _: () = {
            /// Package and version of this program.
            #[$crate::metric(name = "build_info", crate = $crate)]
            static BUILD_INFO: $crate::Info = $crate::Info::new(LABELS);
            const LABELS: &[(&str, &str)] = &[
                ("package", ::core::env!("CARGO_PKG_NAME")),
                ("version", ::core::env!("CARGO_PKG_VERSION")),
                $(($label, $value),)*
            ];
        };
    };
}
