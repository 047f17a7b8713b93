//! Sine functions and their loops: where all arguments of a chunk are within reach of the vectorisable formulas, those are called, else the ones with
//! a branch. The bits of an element are the same.

use crate::slices::Function;
use crate::{About, Activation, Parametric, Smoothness};
use sparring_math::Real;
use sparring_math::simd::{self, Kernel, dispatch};

/// sin x; with `NEAR`, |x| is known to be in reach.
#[inline(always)]
pub(crate) fn sine<const NEAR: bool, E: Real>(x: E) -> E {
    if NEAR { x.sin_near() } else { x.sin() }
}

/// cos x; with `NEAR`, |x| is known to be in reach.
#[inline(always)]
pub(crate) fn cosine<const NEAR: bool, E: Real>(x: E) -> E {
    if NEAR { x.cos_near() } else { x.cos() }
}

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
            if in_reach(self.2, x) { map(self.0, x, y) } else { map(self.1, x, y) }
        }
    }
}

#[inline(always)]
fn map<E: Real>(f: impl Function<E>, x: &[E], y: &mut [E]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f.at(x);
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
            if in_reach(self.2, x) { map_times(self.0, x, dy, dx) } else { map_times(self.1, x, dy, dx) }
        }
    }
}

#[inline(always)]
fn map_times<E: Real>(f: impl Function<E>, x: &[E], dy: &[E], dx: &mut [E]) {
    for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
        *dx = dy * f.at(x);
    }
}

/// y = f(x) by `near` where `scale`·x is in reach and by `far` elsewhere, fused where the machine is.
#[track_caller]
pub(crate) fn forward<E: Real, N, F>(near: N, far: F, scale: f64, x: &[E], y: &mut [E])
where
    N: Function<E> + Function<E::Fused>,
    F: Function<E> + Function<E::Fused>,
{
    assert_eq!(x.len(), y.len(), "activation forward: {} inputs, {} outputs", x.len(), y.len());
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
    let lengths = (x.len(), dy.len(), dx.len());
    assert!(
        lengths.0 == lengths.1 && lengths.1 == lengths.2,
        "activation {name}: lengths {lengths:?} differ"
    );
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

/// sin(w x).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sine<const NEAR: bool>(pub(crate) f64);

/// x + sin²(a x)/a.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ripple<S, const NEAR: bool>(pub(crate) S);

/// The methods of a formula that has no table entry of its own.
macro_rules! unnamed {
    ($name:literal) => {
        fn name(&self) -> &'static str {
            $name
        }
        fn about(&self) -> About {
            let nothing = (None, None);
            About {
                name: $name,
                formula: "",
                source: "",
                range: nothing,
                lipschitz: None,
                curvature: None,
                monotone: false,
                smoothness: Smoothness::Smooth,
                gain_forward: None,
                gain_backward: None,
                elsewhere: "",
            }
        }
    };
}
pub(crate) use unnamed;

impl<const NEAR: bool, E: Real> Activation<E> for Sine<NEAR> {
    unnamed!("sin");
    #[inline(always)]
    fn f(&self, x: E) -> E {
        sine::<NEAR, E>(E::of(self.0) * x)
    }
    #[inline(always)]
    fn df(&self, x: E) -> E {
        let w = E::of(self.0);
        w * cosine::<NEAR, E>(w * x)
    }
    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let w = E::of(self.0);
        -(w * w) * sine::<NEAR, E>(w * x)
    }
}

impl<S: Real, const NEAR: bool> Ripple<S, NEAR> {
    /// a, sin(ax), cos(ax), and sin(ax)/a, which is x at a = 0.
    #[inline(always)]
    fn parts<E: Real>(&self, x: E) -> [E; 4] {
        let a = E::of(self.0.to_f64());
        let (s, c) = (sine::<NEAR, E>(a * x), cosine::<NEAR, E>(a * x));
        [a, s, c, if a == E::ZERO { x } else { s / a }]
    }
}

impl<S: Real, const NEAR: bool, E: Real> Activation<E> for Ripple<S, NEAR> {
    unnamed!("snake");
    #[inline(always)]
    fn f(&self, x: E) -> E {
        let [_, s, _, q] = self.parts(x);
        // The sine has no limit at ±∞, but its square is bounded.
        let ripple = if x.abs() == E::INFINITY { E::ZERO } else { s * q };
        x + ripple
    }
    #[inline(always)]
    fn df(&self, x: E) -> E {
        let [_, s, c, _] = self.parts(x);
        (s + s).madd(c, E::ONE)
    }
    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let [a, s, c, _] = self.parts(x);
        (a + a) * ((c - s) * (c + s))
    }
}

impl<E: Real, const NEAR: bool> Parametric<E> for Ripple<E, NEAR> {
    const COUNT: usize = 1;
    type With<F: Real> = Ripple<F, NEAR>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Ripple<F, NEAR> {
        Ripple(p[0])
    }

    fn write(&self, p: &mut [E]) {
        p[0] = self.0;
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let [_, _, c, q] = self.parts(x);
        out[0] = q * ((x + x) * c - q);
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let [_, s, c, _] = self.parts(x);
        out[0] = (x + x) * ((c - s) * (c + s));
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let [a, s, c, q] = self.parts(x);
        let z = a * x;
        // x cos z − sin(z)/a, and that over a; near 0 their series.
        let near = z.abs() < E::of(1e-3);
        let rest = if near { -(x * z * z) / E::of(3.0) } else { c.madd(x, -q) };
        let over_a = if near { -(x * x * z) / E::of(3.0) } else { rest / a };
        let two = E::of(2.0);
        out[0] = v[0] * (two * rest * over_a - two * x * x * s * q);
    }
}
