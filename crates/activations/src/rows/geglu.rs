//! GEGLU: y = a gelu(b) for a row [a | b].
//!
//! gradient    da = dy gate(b), db = dy a gate'(b)
//! edges       element by element: 0 · ∞ is NaN, as in PyTorch
//! source      Shazeer 2020, arXiv:2002.05202; unbounded slopes, no Lipschitz constant

super::gate::gated_unit! {
    Geglu: "geglu", [], crate::Gelu, "a * gelu(b), x = [a | b]", "Shazeer 2020, arXiv:2002.05202", "GEGLU: y = a gelu(b) for a row [a | b]."
}
