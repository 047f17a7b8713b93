//! On linear models the best attack is known in closed form: FGSM and PGD must reach it.

use crate::models::{Linear, Points, all_logits, margin, own_labels};
use sparring_attacks::{
    AdamPgd, ApgdT, Attack, Fgsm, Goal, MiFgsm, Nes, NiFgsm, Pgd, Spsa, Start, StepSize, Stop, TargetOrder,
    Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Bounds, Classifier};
use sparring_seed::Key;

fn threats() -> [Threat; 2] {
    [Threat::linf(0.07).unwrap(), Threat::l2(0.4).unwrap()]
}

fn dual(threat: &Threat, w: impl Iterator<Item = f32>) -> f32 {
    match threat.norm {
        sparring_attacks::AnyNorm::Linf => w.map(f32::abs).sum(),
        _ => w.map(|w| w * w).sum::<f32>().sqrt(),
    }
}

fn propose<A: Attack<Linear>>(
    attack: &A,
    model: &Linear,
    p: &Points,
    y: &[usize],
    threat: &Threat,
) -> Vec<f32> {
    let mut out = vec![f32::NAN; p.data.len()];
    attack.perturb(model, p.batch(), Goal::Untargeted(y), threat, Key::new(3), &mut out).unwrap();
    out
}

#[test]
fn two_classes_no_box_in_the_way() {
    let wide = Bounds::new(-10.0, 10.0).unwrap();
    let model = Linear::random(2, 20, wide, 1);
    let p = Points::new(50, 20, 2);
    let y = own_labels(&model, p.batch());
    let before = all_logits(&model, &p.data, p.batch());
    for threat in threats() {
        let fall = threat.eps * dual(&threat, model.w[0].iter().zip(&model.w[1]).map(|(a, b)| a - b));
        for loss in [AnyClassLoss::CrossEntropy, AnyClassLoss::Margin] {
            // From a random start a short step leads to the optimum only slowly in L2, so give it a full one.
            let pgd = Pgd { stop: Stop::Never, loss, step_size: StepSize::Relative(0.5), ..Pgd::default() };
            for out in [
                propose(&Fgsm { loss }, &model, &p, &y, &threat),
                propose(&pgd, &model, &p, &y, &threat),
                propose(&Pgd { start: Start::Clean, ..pgd }, &model, &p, &y, &threat),
                propose(&MiFgsm { loss, ..MiFgsm::default() }, &model, &p, &y, &threat),
                propose(&NiFgsm { loss, ..NiFgsm::default() }, &model, &p, &y, &threat),
            ] {
                for (i, z) in all_logits(&model, &out, p.batch()).iter().enumerate() {
                    let best = margin(&before[i], y[i]) - fall;
                    assert!(
                        (margin(z, y[i]) - best).abs() < 1e-4,
                        "{threat} {loss}: {} vs {best}",
                        margin(z, y[i])
                    );
                }
            }
        }
    }
}

#[test]
fn two_classes_linf_cut_to_the_box() {
    let model = Linear::random(2, 20, Bounds::UNIT, 4);
    let p = Points::new(50, 20, 5);
    let y = own_labels(&model, p.batch());
    let threat = Threat::linf(0.3).unwrap();
    // 40 steps of eps/30 do not cross the whole ball from a random start; of eps/10 they do.
    let pgd = Pgd { stop: Stop::Never, step_size: StepSize::Relative(0.1), ..Pgd::default() };
    let adam = AdamPgd { stop: Stop::Never, step_size: StepSize::Relative(0.1), ..AdamPgd::default() };
    for out in [
        propose(&Fgsm::default(), &model, &p, &y, &threat),
        propose(&pgd, &model, &p, &y, &threat),
        propose(&adam, &model, &p, &y, &threat),
    ] {
        for (i, z) in all_logits(&model, &out, p.batch()).iter().enumerate() {
            // Every coordinate goes as far as ball and box let it.
            let best: Vec<f32> = (0..20)
                .map(|k| {
                    let down = model.w[1 - y[i]][k] - model.w[y[i]][k];
                    (p.data[i * 20 + k] + 0.3 * down.signum()).clamp(0.0, 1.0)
                })
                .collect();
            assert!((margin(z, y[i]) - margin(&model.row(&best), y[i])).abs() < 1e-4);
        }
    }
}

#[test]
fn many_classes_fooled_exactly_where_theory_says() {
    let wide = Bounds::new(-10.0, 10.0).unwrap();
    let model = Linear::random(5, 12, wide, 6);
    let p = Points::new(200, 12, 7);
    let y = own_labels(&model, p.batch());
    let before = all_logits(&model, &p.data, p.batch());
    for threat in threats() {
        let loss = AnyClassLoss::Margin;
        let pgd = Pgd { start: Start::Clean, loss, step_size: StepSize::Relative(0.1), ..Pgd::default() };
        let out = propose(&pgd, &model, &p, &y, &threat);
        let after = own_labels(&model, sparring_oracle::Batch::new(&out, model.shape(), &p.ids).unwrap());
        let (mut fooled, mut exact) = (0, 0);
        for i in 0..200 {
            // The margin over class j that is left when all of the budget goes against it.
            let left = |&j: &usize| {
                let w = model.w[y[i]].iter().zip(&model.w[j]).map(|(a, b)| a - b);
                before[i][y[i]] - before[i][j] - threat.eps * dual(&threat, w)
            };
            let others: Vec<usize> = (0..5).filter(|&j| j != y[i]).collect();
            let weakest = *others.iter().min_by(|a, b| left(a).total_cmp(&left(b))).unwrap();
            let rival = *others.iter().max_by(|a, b| before[i][**a].total_cmp(&before[i][**b])).unwrap();
            let best = left(&weakest);
            if after[i] != y[i] {
                fooled += 1;
                assert!(best < 1e-3, "{threat}, example {i}: fooled where {best} is the best there is");
            } else if rival == weakest {
                // Where another class leads at first, the margin may climb the wrong hill: the reason for targets.
                exact += 1;
                assert!(best > -1e-3, "{threat}, example {i}: not fooled where {best} can be had");
            }
        }
        assert!(fooled > 30 && exact > 30, "{threat}: {fooled} fooled, {exact} exact make no test");
    }
}

/// On a linear model the first class of MALT's order is the one whose boundary is nearest: one target fools all that can be fooled.
#[test]
fn malt_aims_at_the_nearest_class() {
    let wide = Bounds::new(-10.0, 10.0).unwrap();
    let model = Linear::random(6, 12, wide, 10);
    let p = Points::new(200, 12, 11);
    let y = own_labels(&model, p.batch());
    let before = all_logits(&model, &p.data, p.batch());
    for threat in threats() {
        let fooled = |order| {
            let one = ApgdT { targets: 1, order, ..ApgdT::default() };
            let out = propose(&one, &model, &p, &y, &threat);
            let after = own_labels(&model, sparring_oracle::Batch::new(&out, model.shape(), &p.ids).unwrap());
            (0..200).map(|i| after[i] != y[i]).collect::<Vec<_>>()
        };
        let (malt, logits) = (fooled(TargetOrder::Malt), fooled(TargetOrder::Logits));
        for i in 0..200 {
            let left = (0..6).filter(|&j| j != y[i]).map(|j| {
                let w = model.w[y[i]].iter().zip(&model.w[j]).map(|(a, b)| a - b);
                before[i][y[i]] - before[i][j] - threat.eps * dual(&threat, w)
            });
            let best = left.fold(f32::INFINITY, f32::min);
            assert!(best.abs() < 1e-3 || malt[i] == (best < 0.0), "{threat}, example {i}: {best}");
        }
        let count = |v: &[bool]| v.iter().filter(|f| **f).count();
        assert!(
            count(&malt) > count(&logits) && count(&malt) < 200,
            "{threat}: {} {}",
            count(&malt),
            count(&logits)
        );
    }
}

#[test]
fn one_step_of_pgd_is_fgsm_bit_for_bit() {
    let model = Linear::random(4, 15, Bounds::UNIT, 8);
    let p = Points::new(40, 15, 9);
    let y: Vec<usize> = (0..40).map(|i| i % 4).collect();
    for threat in threats() {
        let one = Pgd {
            steps: 1,
            step_size: StepSize::Absolute(threat.eps),
            start: Start::Clean,
            stop: Stop::Never,
            ..Pgd::default()
        };
        assert_eq!(
            propose(&one, &model, &p, &y, &threat),
            propose(&Fgsm::default(), &model, &p, &y, &threat)
        );
    }
}

#[test]
fn estimated_gradients_come_close_to_the_optimum() {
    let model = Linear::random(2, 20, Bounds::new(-10.0, 10.0).unwrap(), 1);
    let p = Points::new(40, 20, 2);
    let y = own_labels(&model, p.batch());
    let before = all_logits(&model, &p.data, p.batch());
    for threat in threats() {
        let fall = threat.eps * dual(&threat, model.w[0].iter().zip(&model.w[1]).map(|(a, b)| a - b));
        for (name, out) in [
            ("spsa", propose(&Spsa::default(), &model, &p, &y, &threat)),
            ("nes", propose(&Nes::default(), &model, &p, &y, &threat)),
        ] {
            let after = own_labels(&model, sparring_oracle::Batch::new(&out, model.shape(), &p.ids).unwrap());
            let mut fooled = 0;
            for i in 0..40 {
                // What is out of reach is not fooled; what the best attack reaches with a tenth of the budget to spare is.
                let need = margin(&before[i], y[i]) / fall;
                assert!(
                    if after[i] != y[i] { need < 1.001 } else { need > 0.9 },
                    "{name} {threat}, example {i}: {need}"
                );
                fooled += usize::from(after[i] != y[i]);
            }
            assert!((3..=37).contains(&fooled), "{name} {threat}: {fooled} fooled make no test");
        }
    }
}
