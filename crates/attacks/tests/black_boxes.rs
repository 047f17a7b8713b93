//! Attacks that need logits or labels only, all of them: what they may ask, and the ends of their ranges.

use crate::contract::{all_threats, losses, mean, run};
use crate::models::{LogitsOnly, Mlp, Points, all_logits, budgets, own_labels, quicker};
use sparring_attacks::{Access, AnyAttack, AnyBlackBox, AnyNorm, Goal, Threat};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

#[test]
fn black_boxes_need_logits_only_and_small_batches_work() {
    let model = LogitsOnly(Mlp::random(12, 16, 3, 9));
    let p = Points::new(30, 12, 10);
    let y = own_labels(&model, p.batch());
    for attack in AnyBlackBox::defaults().into_iter().map(quicker) {
        let threat = budgets(
            attack.info(),
            &[Threat::l2(2.0).unwrap(), Threat::linf(1.0).unwrap(), Threat::l0(4.0).unwrap()],
        )[0];
        let out = run(&attack, &model, p.batch(), Goal::Untargeted(&y), &threat);
        assert!(mean(&losses(&model, &out, p.batch(), &y)) > mean(&losses(&model, &p.data, p.batch(), &y)));
        for n in [0, 1] {
            let x = p.batch().slice(0..n);
            assert_eq!(run(&attack, &model, x, Goal::Untargeted(&y[..n]), &threat), out[..12 * n]);
        }
    }
    for attack in AnyAttack::defaults() {
        let (none, some) = (p.batch().slice(0..0), all_threats(0.1));
        let threat = budgets(attack.info(), &some)[0];
        assert!(run(&attack, &model.0, none, Goal::Untargeted(&[]), &threat).is_empty());
    }
}

/// A model that has gradients, and fails where they are asked for.
struct Untouchable(Mlp);
impl Classifier for Untouchable {
    fn shape(&self) -> [usize; 3] {
        self.0.shape()
    }
    fn classes(&self) -> usize {
        self.0.classes()
    }
    fn bounds(&self) -> Bounds {
        self.0.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.logits(x, out)
    }
}
impl Differentiable for Untouchable {
    fn pullback(
        &self,
        _: Batch<'_>,
        _: &mut dyn FnMut(&[f32], &mut [f32]),
        _: &mut [f32],
    ) -> Result<(), OracleError> {
        panic!("a gradient was asked for");
    }
}

#[test]
fn black_boxes_never_ask_for_a_gradient_and_the_others_do() {
    let model = Untouchable(Mlp::random(12, 16, 3, 9));
    let p = Points::new(10, 12, 10);
    let y = own_labels(&model, p.batch());
    for attack in AnyAttack::defaults().into_iter().map(quicker) {
        for threat in budgets(attack.info(), &all_threats(0.2)) {
            let asked =
                std::panic::catch_unwind(|| run(&attack, &model, p.batch(), Goal::Untargeted(&y), &threat));
            assert_eq!(asked.is_err(), attack.info().access == Access::White, "{attack} {threat}");
        }
    }
}

/// Two classes, examples that are wrong already, and the whole box as budget: no NaN, no panic, nothing outside; what is wrong already stays.
#[test]
fn the_ends_of_every_range() {
    let model = Mlp::random(12, 16, 2, 21);
    let p = Points::new(12, 12, 22);
    let x = p.batch();
    let own = own_labels(&model, x);
    let wrong: Vec<usize> = own.iter().map(|y| 1 - y).collect();
    let whole =
        [(AnyNorm::Linf, 1.0), (AnyNorm::L2, 12.0_f32.sqrt()), (AnyNorm::L1, 12.0), (AnyNorm::L0, 12.0)];
    let whole = whole.map(|(norm, eps)| Threat { norm, eps });
    for attack in
        AnyBlackBox::defaults().into_iter().map(quicker).map(AnyAttack::from).chain(["jsma".parse().unwrap()])
    {
        for threat in budgets(attack.info(), &whole) {
            for goal in [
                Goal::Untargeted(&own),
                Goal::Targeted(&wrong),
                Goal::Untargeted(&wrong),
                Goal::Targeted(&own),
            ] {
                let out = run(&attack, &model, x, goal, &threat);
                for i in 0..12 {
                    assert_eq!(
                        threat.check(x.row(i), Bounds::UNIT, &out[i * 12..(i + 1) * 12]),
                        Ok(()),
                        "{attack} {threat} {goal:?}"
                    );
                }
                // Noise is the least of all attacks: it draws before it looks.
                let done = all_logits(&model, &p.data, x).iter().enumerate().all(|(i, z)| goal.reached(i, z));
                if done && !["noise", "square"].contains(&attack.info().name) {
                    assert_eq!(out, p.data, "{attack} {threat} {goal:?}");
                }
            }
        }
    }
}
