//! SwiGLU: y = a silu(b) for a row [a | b].
//!
//! gradient    da = dy gate(b), db = dy a gate'(b)
//! edges       element by element: 0 · ∞ is NaN, as in PyTorch
//! source      Shazeer 2020, arXiv:2002.05202; unbounded slopes, no Lipschitz constant

super::gate::gated_unit! {
    Swiglu: "swiglu", [], crate::Silu, "a * silu(b), x = [a | b]", "Shazeer 2020, arXiv:2002.05202", "SwiGLU: y = a silu(b) for a row [a | b]."
}
