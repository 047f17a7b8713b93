//! Generic code compiled once for all crates downstream.

/// Compiles these instances of generic functions in the crate that says so.
///
/// By itself every crate compiles anew the generic functions that it calls, and the code stands in the command as often. A function
/// that is `#[inline(never)]` is shared with the crates downstream once a crate has compiled it; this macro makes sure that an early one
/// has.
///
/// ```
/// #[inline(never)]
/// fn twice<E: sparring_math::Real>(x: E) -> E {
///     x + x
/// }
/// sparring_math::compiled_here!(twice::<f32>, twice::<f64>);
/// ```
#[macro_export]
macro_rules! compiled_here {
    ($($function:expr),+ $(,)?) => {
        // A static is compiled whether or not it is used; the linker drops it.
        static _COMPILED_HERE: fn() = || {
            std::hint::black_box([$($function as *const ()),+]);
        };
    };
}
