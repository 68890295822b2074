//! Which program it is.

/// Declares the metric `build_info`, whose labels say what was built.
///
/// | label | |
/// |---|---|
/// | `package`, `version` | of the package that calls this |
/// | `rustc` | the version of the compiler |
/// | `revision` | of the source, if a variable says so when the program is compiled: `GIT_REVISION`, `VERGEN_GIT_SHA`, `GITHUB_SHA` or `CI_COMMIT_SHA` |
/// | `features` | those that are on of the features that are named |
///
/// What is not known has no label.
///
/// Call it once, in the package of the program, outside of functions or in one. First come the features of that package, if they
/// are of interest. Further labels follow as pairs, whose values are constants; one of them may take the place of `rustc` or
/// `revision`.
///
/// ```
/// use tallymark::registry::{self, Format};
///
/// tallymark::build_info!(
///     features = ["live", "tls"],
///     "profile" = if cfg!(debug_assertions) { "debug" } else { "release" },
/// );
///
/// fn main() {
///     let text = registry::encode_to_string(Format::Text004);
///     assert!(text.contains("\nbuild_info{package=\"tallymark\",version=\""), "{text}");
///     assert!(text.contains(",rustc=\"1."), "{text}");
/// }
/// ```
#[macro_export]
macro_rules! build_info {
    (features = [$($feature:literal),* $(,)?] $(, $label:literal = $value:expr)* $(,)?) => {
        const _: () = {
            /// Package and version of this program.
            #[$crate::metric(name = "build_info", crate = $crate)]
            static BUILD_INFO: $crate::Info = $crate::Info::new(LABELS);
            const GIVEN: &[&::core::primitive::str] = &[$($label),*];
            const REVISION: &::core::primitive::str = $crate::__private_v4::first_known(&[
                ::core::option_env!("GIT_REVISION"),
                ::core::option_env!("VERGEN_GIT_SHA"),
                ::core::option_env!("GITHUB_SHA"),
                ::core::option_env!("CI_COMMIT_SHA"),
            ]);
            const FEATURES: &::core::primitive::str = $crate::__private_v4::joined_text!(
                ","; "", $(if ::core::cfg!(feature = $feature) { $feature } else { "" }),*
            );
            const LABELS: &[(&::core::primitive::str, &::core::primitive::str)] = &[
                ("package", ::core::env!("CARGO_PKG_NAME")),
                ("version", ::core::env!("CARGO_PKG_VERSION")),
                ("rustc", $crate::__private_v4::unless_given("rustc", $crate::__private_v4::RUSTC, GIVEN)),
                ("revision", $crate::__private_v4::unless_given("revision", REVISION, GIVEN)),
                ("features", $crate::__private_v4::unless_given("features", FEATURES, GIVEN)),
                $(($label, $value),)*
            ];
        };
    };
    ($($label:literal = $value:expr),* $(,)?) => {
        $crate::build_info!(features = [] $(, $label = $value)*);
    };
}
