//! Running the library inside the compiler.

/// Runs `work`, which parses and cuts texts by byte: that takes spans of proc_macro2's own, not the compiler's.
///
/// No token may leave it, in either direction: texts do.
pub fn run<T>(work: impl FnOnce() -> T) -> T {
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            proc_macro2::fallback::unforce();
        }
    }
    proc_macro2::fallback::force();
    let _back = Back;
    work()
}
