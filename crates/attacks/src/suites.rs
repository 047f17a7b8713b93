//! Ready-made lists of attacks.

use crate::presets::suite_info;
use crate::{
    Adi, AnyAttack, AnyBlackBox, AnyNorm, Apgd, ApgdT, AttackInfo, Fab, FabT, Fgsm, PRESETS, Pgd, Square,
    Stop, TargetOrder, Titled, UniformNoise,
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

const MALT: AttackInfo =
    suite_info(&ApgdT::INFO, "apgd-t-malt", "100 steps of APGD towards each of the 9 nearest classes");

/// White box and quick: directed starts, then APGD-T towards the classes that a linear model says are nearest; meant for a [cascade](crate::Course::Cascade). In L1, where there are no
/// such starts, APGD-T alone. It sees nothing that hides its gradients: [`standard`] does.
///
/// Source: Liu et al. 2022, arXiv:2203.05154; Melamed et al. 2024, arXiv:2407.02240.
pub fn malt(norm: AnyNorm) -> Vec<Titled> {
    let in_l1 = norm == AnyNorm::L1;
    let t = ApgdT { order: TargetOrder::Malt, large_first: in_l1, ..ApgdT::default() };
    let adi = (!in_l1).then(|| AnyAttack::from(Adi::default()).into());
    adi.into_iter().chain([Titled { info: &MALT, attack: t.into() }]).collect()
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

/// This attack under a name that a card has: its own, a preset's, or one that only a suite gives; `None` for another one.
///
/// ```
/// let apgd = "apgd(loss=dlr)".parse().unwrap();
/// assert_eq!(sparring_attacks::suites::titled("apgd-dlr", apgd).unwrap().info.name, "apgd-dlr");
/// assert_eq!(sparring_attacks::suites::titled("apgd", apgd).unwrap(), apgd.into());
/// assert!(sparring_attacks::suites::titled("pgd", apgd).is_none());
/// ```
pub fn titled(name: &str, attack: AnyAttack) -> Option<Titled> {
    let presets = PRESETS.iter().map(|preset| preset.info);
    let mut all = [attack.info(), &CE, &DLR, &MALT].into_iter().chain(presets);
    let info = all.find(|info| info.name == name)?;
    Some(Titled { info, attack })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_suite_or_a_preset_runs_is_found_by_its_name_and_text() {
        let own = quick().into_iter().map(Titled::from);
        let norms = AnyNorm::ALL.iter().flat_map(|&norm| [standard(norm), malt(norm)].concat());
        let presets = PRESETS.iter().map(|preset| preset.at(0.1));
        for one in own.chain(norms).chain(plus()).chain(rand()).chain(presets) {
            let again = one.attack.to_string().parse().unwrap();
            assert_eq!(titled(one.info.name, again), Some(one));
        }
        for attack in AnyAttack::defaults() {
            assert_eq!(titled(attack.info().name, attack), Some(attack.into()));
        }
    }
}
