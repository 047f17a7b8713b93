//! Element-wise losses in eight lanes: the order of the sum depends on the length alone and the loop vectorises.

use sparring_math::{Real, simd};

const LANES: usize = 8;
const BLOCK: usize = 64;

/// Value and derivatives at one element `z` with target `t`.
///
/// A trait and not a closure: every implementation is `#[inline(always)]`, without which the vector loop would call.
pub(crate) trait Pointwise<E>: Copy {
    /// Value and first derivative.
    fn at(self, z: E, t: E) -> (E, E);
    /// Second derivative.
    fn curvature(self, z: E) -> E;
}

struct Eval<'a, E, P> {
    z: &'a [E],
    t: &'a [E],
    dz: &'a mut [E],
    weight: E,
    element: P,
}

impl<E: Real, P: Pointwise<E>> simd::Kernel for Eval<'_, E, P> {
    type Output = E;

    #[inline(always)]
    fn run(self) -> E {
        let mut lanes = [E::ZERO; LANES];
        let mut values = [E::ZERO; BLOCK];
        let blocks = self.z.chunks(BLOCK).zip(self.t.chunks(BLOCK)).zip(self.dz.chunks_mut(BLOCK));
        for ((z, t), d) in blocks {
            // Values wait in a small buffer: a loop that also adds them up is not vectorised.
            for (((&z, &t), d), value) in z.iter().zip(t).zip(d.iter_mut()).zip(&mut values) {
                let (at, derivative) = self.element.at(z, t);
                *value = at;
                *d = derivative * self.weight;
            }
            let (rows, rest) = values[..z.len()].as_chunks::<LANES>();
            for row in rows {
                for j in 0..LANES {
                    lanes[j] += row[j];
                }
            }
            for (lane, &value) in lanes.iter_mut().zip(rest) {
                *lane += value;
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        self.weight * (((a + e) + (b + f)) + ((c + g) + (d + h)))
    }
}

/// `weight` times the sum of the values; writes `weight` times the derivatives. The caller has checked the lengths.
pub(crate) fn eval<E: Real>(z: &[E], t: &[E], dz: &mut [E], weight: E, element: impl Pointwise<E>) -> E {
    simd::dispatch(Eval { z, t, dz, weight, element })
}

struct Hvp<'a, E, P> {
    z: &'a [E],
    v: &'a [E],
    out: &'a mut [E],
    weight: E,
    element: P,
}

impl<E: Real, P: Pointwise<E>> simd::Kernel for Hvp<'_, E, P> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((o, &z), &v) in self.out.iter_mut().zip(self.z).zip(self.v) {
            *o = self.weight * (self.element.curvature(z) * v);
        }
    }
}

/// `weight` times the diagonal Hessian times `v`. The caller has checked the lengths.
pub(crate) fn hvp<E: Real>(z: &[E], v: &[E], out: &mut [E], weight: E, element: impl Pointwise<E>) {
    simd::dispatch(Hvp { z, v, out, weight, element });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    struct Product;
    impl Pointwise<f64> for Product {
        #[inline(always)]
        fn at(self, z: f64, t: f64) -> (f64, f64) {
            (z * t, t)
        }
        #[inline(always)]
        fn curvature(self, z: f64) -> f64 {
            z
        }
    }

    #[test]
    fn every_length_is_summed_whole() {
        for n in (0..40).chain([63, 64, 65, 200]) {
            let z: Vec<f64> = (0..n).map(|i| i as f64).collect();
            let t: Vec<f64> = (0..n).map(|i| (i % 5) as f64).collect();
            let (mut d, mut h) = (vec![0.0; n], vec![0.0; n]);
            let want: f64 = z.iter().zip(&t).map(|(z, t)| z * t).sum();
            assert_eq!(eval(&z, &t, &mut d, 0.5, Product), 0.5 * want);
            hvp(&z, &t, &mut h, 2.0, Product);
            for i in 0..n {
                assert_eq!((d[i], h[i]), (0.5 * t[i], 2.0 * z[i] * t[i]));
            }
        }
    }
}
