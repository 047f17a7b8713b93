//! Loops over slices with a sine: where all arguments of a chunk are within reach of the vectorisable formulas, those are called, else the ones with
//! a branch. The bits of an element are the same.

use crate::slices::{Function, demand_pair, demand_triple, map_piece, map_times_piece};
use sparring_math::Real;
use sparring_math::simd::{self, Kernel, dispatch};

/// Elements that are looked at together.
const CHUNK: usize = 256;

/// Whether all `scale`·x are in reach.
#[inline(always)]
fn in_reach<E: Real>(scale: E, x: &[E]) -> bool {
    x.iter().fold(true, |all, &x| all & ((scale * x).abs() <= E::CIRCULAR_REACH))
}

/// y = near(x) or far(x).
struct Map<'a, N, F, E>(N, F, E, &'a [E], &'a mut [E]);

impl<N: Function<E>, F: Function<E>, E: Real> Kernel for Map<'_, N, F, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (x, y) in self.3.chunks(CHUNK).zip(self.4.chunks_mut(CHUNK)) {
            if in_reach(self.2, x) { map_piece(self.0, x, y) } else { map_piece(self.1, x, y) }
        }
    }
}

/// dx = dy · near(x) or far(x).
struct MapTimes<'a, N, F, E>(N, F, E, [&'a [E]; 2], &'a mut [E]);

impl<N: Function<E>, F: Function<E>, E: Real> Kernel for MapTimes<'_, N, F, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let [x, dy] = self.3.map(|s| s.chunks(CHUNK));
        for ((x, dy), dx) in x.zip(dy).zip(self.4.chunks_mut(CHUNK)) {
            if in_reach(self.2, x) {
                map_times_piece(self.0, x, dy, dx)
            } else {
                map_times_piece(self.1, x, dy, dx)
            }
        }
    }
}

/// y = f(x) by `near` where `scale`·x is in reach and by `far` elsewhere, fused where the machine is.
#[track_caller]
pub(crate) fn forward<E: Real, N, F>(near: N, far: F, scale: f64, x: &[E], y: &mut [E])
where
    N: Function<E> + Function<E::Fused>,
    F: Function<E> + Function<E::Fused>,
{
    demand_pair(x, y);
    if simd::fuses() {
        dispatch(Map(near, far, E::Fused::of(scale), simd::fused(x), simd::fused_mut(y)));
    } else {
        dispatch(Map(near, far, E::of(scale), x, y));
    }
}

/// dx = dy · f(x), as [`forward`].
#[track_caller]
pub(crate) fn times<E: Real, N, F>(name: &str, near: N, far: F, scale: f64, [x, dy]: [&[E]; 2], dx: &mut [E])
where
    N: Function<E> + Function<E::Fused>,
    F: Function<E> + Function<E::Fused>,
{
    demand_triple(name, x, dy, dx);
    if simd::fuses() {
        let slices = [simd::fused(x), simd::fused(dy)];
        dispatch(MapTimes(near, far, E::Fused::of(scale), slices, simd::fused_mut(dx)));
    } else {
        dispatch(MapTimes(near, far, E::of(scale), [x, dy], dx));
    }
}

/// The slice methods of an activation with a sine: `near` and `far` are two forms of it, `scale` makes the argument of the sine.
macro_rules! wave_slices {
    (|$a:ident| $near:expr, $far:expr, $scale:expr) => {
        fn forward(&self, x: &[E], y: &mut [E]) {
            let $a = self;
            $crate::shapes::wave::forward(
                $crate::contract::Value($near),
                $crate::contract::Value($far),
                $scale,
                x,
                y,
            );
        }
        $crate::shapes::wave::wave_slices!(backward, First, |$a| $near, $far, $scale);
        $crate::shapes::wave::wave_slices!(backward2, Second, |$a| $near, $far, $scale);
    };
    ($door:ident, $Function:ident, |$a:ident| $near:expr, $far:expr, $scale:expr) => {
        fn $door(&self, x: &[E], dy: &[E], dx: &mut [E]) {
            let $a = self;
            let (near, far) = ($crate::contract::$Function($near), $crate::contract::$Function($far));
            $crate::shapes::wave::times(stringify!($door), near, far, $scale, [x, dy], dx);
        }
    };
}
pub(crate) use wave_slices;
