//! The losses of a codebook.

use crate::targets::assert_length;
use crate::{Mse, RowReduction};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// ‖sg(z) − e‖² + commitment · ‖z − sg(e)‖² of one encoding `z` and the codebook's nearest vector `e`, sg: no gradient passes.
///
/// The first term moves the vector to the encoding, the second holds the encoding near the vector: gradients 2 (e − z) at `e`
/// and 2 · commitment · (z − e) at `z`, divided by the length for [`RowReduction::Mean`]. So the gradient is not that of the value, which is
/// (1 + commitment) times the squared error. The reconstruction's gradient at the quantized code passes to `z` unchanged (straight through).
///
/// Source: van den Oord et al. 2017, arXiv:1711.00937, equation 3.
///
/// ```
/// use sparring_losses::{RowReduction, VectorQuantization};
/// let (mut dz, mut de) = ([0.0; 2], [0.0; 2]);
/// let loss = VectorQuantization { reduction: RowReduction::Sum, ..VectorQuantization::default() };
/// assert_eq!(loss.eval(&[1.0_f64, 0.0], &[0.0, 0.0], [&mut dz, &mut de]), 1.25);
/// assert_eq!((dz, de), ([0.5, 0.0], [-2.0, 0.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct VectorQuantization {
    /// Factor of the second term, beta in the paper.
    pub commitment: f64,
    /// Mean or sum over the numbers of the code.
    pub reduction: RowReduction,
}

impl Default for VectorQuantization {
    fn default() -> Self {
        Self { commitment: 0.25, reduction: RowReduction::Mean }
    }
}

sparring_math::named! {
    VectorQuantization: "vector-quantization", ["vq"], "van den Oord et al. 2017, arXiv:1711.00937";
    commitment: Range::at_least(0.0), "factor of what holds encodings near their vectors";
}

impl VectorQuantization {
    /// The loss; the gradients at the encoding and at the vector are overwritten.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn eval<E: Real>(&self, z: &[E], e: &[E], [dz, de]: [&mut [E]; 2]) -> E {
        assert_length(Self::NAME, z.len(), "the vector", e.len());
        assert_length(Self::NAME, z.len(), "de", de.len());
        let apart = Mse::scaled(E::of(self.reduction.weight(z.len())), z, e, dz);
        let commitment = E::of(self.commitment);
        for (dz, de) in dz.iter_mut().zip(de) {
            *de = -*dz;
            *dz *= commitment;
        }
        (E::ONE + commitment) * apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    #[test]
    fn each_side_has_the_gradient_of_its_term() {
        let h = 1e-6;
        for (n, reduction) in [(1, RowReduction::Sum), (16, RowReduction::Mean), (33, RowReduction::Sum)] {
            let (z, e) = (noise(n, 1), noise(n, 2));
            let loss = VectorQuantization { commitment: 0.3, reduction };
            let [mut dz, mut de] = [0; 2].map(|_| vec![f64::NAN; n]);
            let value = loss.eval(&z, &e, [&mut dz, &mut de]);
            let error = |z: &[f64], e: &[f64]| {
                z.iter().zip(e).map(|(z, e)| (z - e) * (z - e)).sum::<f64>() * reduction.weight(n)
            };
            assert!((value - 1.3 * error(&z, &e)).abs() < 1e-12 * value.max(1.0));
            for j in 0..n {
                let moved = |x: &[f64], by: f64| {
                    let mut x = x.to_vec();
                    x[j] += by;
                    x
                };
                let by_z = (error(&moved(&z, h), &e) - error(&moved(&z, -h), &e)) / (2.0 * h);
                let by_e = (error(&z, &moved(&e, h)) - error(&z, &moved(&e, -h))) / (2.0 * h);
                assert!((dz[j] - 0.3 * by_z).abs() < 1e-8 && (de[j] - by_e).abs() < 1e-8);
            }
        }
    }
}
