//! ReLU in place: the derivative follows from the value, so the argument need not be kept.

use sparring_activations::{Activation, Relu};
use sparring_math::simd;
use sparring_tensor::Elem;

/// Numbers worked on by one dispatch.
const BLOCK: usize = 4096;

/// x ← max(x, 0); NaN stays NaN.
pub fn forward<E: Elem>(x: &mut [E]) {
    struct Block<'a, E>(&'a mut [E]);
    impl<E: Elem> simd::Kernel for Block<'_, E> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for x in self.0 {
                *x = Relu.f(*x);
            }
        }
    }
    simd::dispatch(Block(x));
}

struct Backward<'a, E, const FLUSH: bool> {
    y: &'a [E],
    dy: &'a mut [E],
    floor: E,
}
impl<E: Elem, const FLUSH: bool> simd::Kernel for Backward<'_, E, FLUSH> {
    type Output = bool;
    #[inline(always)]
    fn run(self) -> bool {
        self.dy.iter_mut().zip(self.y).fold(true, |ok, (d, &y)| {
            // The value is positive where its argument is.
            let v = *d * Relu.df(y);
            *d = if FLUSH && v.abs() < self.floor { E::ZERO } else { v };
            ok & (!FLUSH || v.is_finite())
        })
    }
}

/// dy ← dy · derivative, from the value `y`.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn backward<E: Elem>(y: &[E], dy: &mut [E]) {
    assert_eq!(y.len(), dy.len(), "relu backward: one derivative for each value");
    simd::dispatch(Backward::<E, false> { y, dy, floor: E::ZERO });
}

/// [`backward`], and what is smaller than `floor` in size becomes 0, as by [`reduce::flush_small`](sparring_tensor::reduce::flush_small); whether no number is infinite or NaN.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn backward_flushed<E: Elem>(y: &[E], dy: &mut [E], floor: E) -> bool {
    assert_eq!(y.len(), dy.len(), "relu backward: one derivative for each value");
    let blocks = y.chunks(BLOCK).zip(dy.chunks_mut(BLOCK));
    blocks.fold(true, |ok, (y, dy)| ok & simd::dispatch(Backward::<E, true> { y, dy, floor }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_tensor::reduce;

    #[test]
    fn in_place_is_as_apart() {
        let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0, 1e-40, -1e-40, 1e-30];
        for n in [0, 1, 15, 33, 5000] {
            let x: Vec<f32> = (0..n)
                .map(|i| special.get(i % 97).copied().unwrap_or((i * 37 % 101) as f32 - 50.0))
                .collect();
            for grads in [&[1.0, -2.0, 0.0][..], &[f32::NAN, 1e-30, f32::INFINITY, 3.0]] {
                let dy: Vec<f32> = (0..n).map(|i| grads[i % grads.len()]).collect();
                let (mut y, mut plain, mut flushed) = (x.clone(), dy.clone(), dy.clone());
                forward(&mut y);
                backward(&y, &mut plain);
                let finite = backward_flushed(&y, &mut flushed, 1e-20);
                let same =
                    |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| a == b || a.is_nan() & b.is_nan());
                let derivative = |x: f32| if x.is_nan() { x } else { f32::from(u8::from(x > 0.0)) };
                let value = |&x: &f32| if x.is_nan() { x } else { x.max(0.0) };
                let mut want: Vec<f32> = x.iter().zip(&dy).map(|(&x, dy)| dy * derivative(x)).collect();
                assert!(same(&y, &x.iter().map(value).collect::<Vec<_>>()) && same(&plain, &want));
                assert_eq!(reduce::flush_small(&mut want, 1e-20), finite);
                assert!(same(&flushed, &want));
            }
        }
    }
}
