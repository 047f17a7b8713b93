//! Soft orthogonality: g ← g + 4 · weight · (W Wᵀ − 1) W.

use super::contract::{PENALTY, Seen, Transform, TransformInfo, assert_lengths};
use crate::matrix::transpose;
use crate::{Needs, WholeTensor};
use sparring_math::Real;
use sparring_math::named::Named;

/// The gradient of weight · ‖W Wᵀ − 1‖² (Frobenius norm) is added to that of the loss: rows of a weight, one an output, become orthonormal; where they are more than their
/// numbers, the columns. Vectors are left out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct OrthogonalPenalty {
    /// Factor of the penalty, at least 0.
    pub weight: f64,
}

impl Default for OrthogonalPenalty {
    fn default() -> Self {
        Self { weight: 1e-4 }
    }
}

sparring_math::named! {
    OrthogonalPenalty: "orthogonal", [], "Brock et al. 2017, arXiv:1609.07093; Bansal et al. 2018, arXiv:1810.09102";
    weight: PENALTY, "factor of the squared distance of the rows' dot products from those of orthonormal rows";
}

impl OrthogonalPenalty {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "the penalty weight * |W Wt - 1|^2: rows of weights become orthonormal",
    };
}

impl<E: Real> Transform<E> for OrthogonalPenalty {
    fn needs(&self) -> Needs {
        Needs::Tensor
    }
    fn decays(&self) -> bool {
        true
    }
    #[track_caller]
    fn apply_tensor(&self, of: WholeTensor<'_, E>, _: Seen, w: &mut [E], g: &mut [E]) {
        assert_lengths(Self::NAME, w, g);
        let [m, n] = of.rows();
        if of.shape.len() < 2 || w.is_empty() {
            return;
        }
        let factor = E::of(4.0 * self.weight);
        let (mut columns, mut moved) = (vec![E::ZERO; w.len()], vec![E::ZERO; w.len()]);
        transpose(m, n, w, &mut columns);
        // (W Wᵀ − 1) W is W (Wᵀ W − 1): by the smaller of the two.
        let mut gram = vec![E::ZERO; m.min(n).pow(2)];
        if m <= n {
            (of.matmul)([m, n, m], w, w, &mut gram);
            (of.matmul)([m, m, n], &gram, &columns, &mut moved);
        } else {
            (of.matmul)([n, m, n], &columns, &columns, &mut gram);
            (of.matmul)([m, n, n], w, &gram, &mut moved);
        }
        for ((g, moved), w) in g.iter_mut().zip(&moved).zip(&*w) {
            *g += factor * (*moved - *w);
        }
    }
}
