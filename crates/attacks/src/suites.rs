//! Ready-made lists of attacks.

use crate::presets::suite_info;
use crate::{
    AnyAttack, AnyBlackBox, AnyNorm, Apgd, ApgdT, AttackInfo, Fab, FabT, Fgsm, Pgd, Square, Stop, Titled,
    UniformNoise,
};
use sparring_losses::AnyClassLoss;

/// A first look: FGSM and PGD-40.
pub fn quick() -> Vec<AnyAttack> {
    vec![Fgsm::default().into(), Pgd::default().into()]
}

/// What can be done with logits only: noise, best of 100, and Square.
pub fn black_box() -> Vec<AnyBlackBox> {
    vec![UniformNoise { samples: 100, ..UniformNoise::default() }.into(), Square::default().into()]
}

const CE: AttackInfo = suite_info(&Apgd::INFO, "apgd-ce", "100 steps of APGD; loss cross-entropy");
const DLR: AttackInfo = suite_info(&Apgd::INFO, "apgd-dlr", "100 steps of APGD; loss DLR");

/// AutoAttack, the standard of the field: APGD on the cross-entropy, APGD-T, FAB-T and Square, in its order and with its settings; meant for a
/// [cascade](crate::Course::Cascade). In L1 APGD has 5 restarts, begins in larger balls, and APGD-T has 5 targets.
///
/// Source: Croce and Hein 2020, arXiv:2003.01690; L1: arXiv:2103.01208; version `standard` of github.com/fra31/auto-attack.
pub fn standard(norm: AnyNorm) -> Vec<Titled> {
    let in_l1 = norm == AnyNorm::L1;
    let ce = Apgd { restarts: if in_l1 { 5 } else { 1 }, large_first: in_l1, ..Apgd::default() };
    let t = ApgdT { targets: if in_l1 { 5 } else { 9 }, large_first: in_l1, ..ApgdT::default() };
    vec![
        Titled { info: &CE, attack: ce.into() },
        AnyAttack::from(t).into(),
        AnyAttack::from(FabT { stop: Stop::WhenFooled, ..FabT::default() }).into(),
        AnyAttack::from(Square::default()).into(),
    ]
}

/// AutoAttack's version `plus`: APGD on both losses and FAB with 5 restarts each, Square, APGD-T, FAB-T.
pub fn plus() -> Vec<Titled> {
    let apgd = |loss| AnyAttack::from(Apgd { restarts: 5, loss, ..Apgd::default() });
    vec![
        Titled { info: &CE, attack: apgd(AnyClassLoss::CrossEntropy) },
        Titled { info: &DLR, attack: apgd(AnyClassLoss::Dlr) },
        AnyAttack::from(Fab { restarts: 5, stop: Stop::WhenFooled, ..Fab::default() }).into(),
        AnyAttack::from(Square::default()).into(),
        AnyAttack::from(ApgdT::default()).into(),
        AnyAttack::from(FabT { stop: Stop::WhenFooled, ..FabT::default() }).into(),
    ]
}

/// AutoAttack's version `rand`, for randomised models: APGD on both losses, each gradient the mean of 20.
pub fn rand() -> Vec<Titled> {
    let apgd = |loss| AnyAttack::from(Apgd { eot: 20, loss, ..Apgd::default() });
    vec![
        Titled { info: &CE, attack: apgd(AnyClassLoss::CrossEntropy) },
        Titled { info: &DLR, attack: apgd(AnyClassLoss::Dlr) },
    ]
}
