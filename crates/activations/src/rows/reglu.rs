//! ReGLU: y = a max(0, b) for a row [a | b].
//!
//! gradient    da = dy gate(b), db = dy a gate'(b)
//! edges       element by element: 0 · ∞ is NaN, as in PyTorch
//! source      Shazeer 2020, arXiv:2002.05202; unbounded slopes, no Lipschitz constant

super::gate::gated_unit! {
    Reglu: "reglu", [], crate::Relu, "a * relu(b), x = [a | b]", "Shazeer 2020, arXiv:2002.05202", "ReGLU: y = a max(0, b) for a row [a | b]."
}
