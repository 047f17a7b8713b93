//! GLU: y = a σ(b) for a row [a | b].
//!
//! gradient    da = dy gate(b), db = dy a gate'(b)
//! edges       element by element: 0 · ∞ is NaN, as in PyTorch
//! source      Dauphin et al. 2017, arXiv:1612.08083; unbounded slopes, no Lipschitz constant

super::gate::gated_unit! {
    GluRows: "glu", [], crate::Sigmoid, "a * sigmoid(b), x = [a | b]", "Dauphin et al. 2017, arXiv:1612.08083", "GLU: y = a σ(b) for a row [a | b]."
}
