//! Ready-made lists of attacks.

use crate::{AnyAttack, AnyBlackBox, Fgsm, Pgd, UniformNoise};

/// A first look: FGSM and PGD-40.
pub fn quick() -> Vec<AnyAttack> {
    vec![Fgsm::default().into(), Pgd::default().into()]
}

/// What a claim of robustness should at least withstand here: noise, FGSM, and PGD-100 with 5 restarts.
///
/// Not AutoAttack (arXiv:2003.01690), which is the standard of the field and has yet to come to this crate: a model
/// that masks its gradients may look better under this suite than it is.
pub fn standard() -> Vec<AnyAttack> {
    let pgd = Pgd { steps: 100, restarts: 5, ..Pgd::default() };
    vec![UniformNoise::default().into(), Fgsm::default().into(), pgd.into()]
}

/// What can be done with logits only: noise, best of 100.
pub fn black_box() -> Vec<AnyBlackBox> {
    vec![UniformNoise { samples: 100, ..UniformNoise::default() }.into()]
}
