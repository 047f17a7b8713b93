//! Attacks made of data: a surrogate, a change for all examples.

use crate::models::{Linear, LogitsOnly, Mlp, Points, all_logits, own_labels};
use sparring_attacks::{
    Attack, AttackError, Counting, Goal, Pgd, Stop, Threat, Transfer, Universal, UniversalFit, evaluate,
    fit_universal,
};
use sparring_oracle::{Batch, Bounds};
use sparring_seed::Key;

#[test]
fn a_transfer_climbs_the_surrogate_and_never_asks_the_model() {
    let (model, surrogate) = (LogitsOnly(Mlp::random(12, 16, 3, 1)), Mlp::random(12, 16, 3, 1));
    let p = Points::new(40, 12, 2);
    let y = own_labels(&model, p.batch());
    let (threat, key, goal) = (Threat::linf(0.2).unwrap(), Key::new(3), Goal::Untargeted(&y));
    let attack = Pgd { steps: 10, stop: Stop::Never, ..Pgd::default() };
    let transfer = Transfer { surrogate: &surrogate, attack };
    let (mut out, mut direct) = (p.data.clone(), p.data.clone());
    let counting = Counting::new(&model);
    transfer.perturb(&counting, p.batch(), goal, &threat, key, &mut out).unwrap();
    attack.perturb(&surrogate, p.batch(), goal, &threat, key, &mut direct).unwrap();
    assert_eq!((counting.counts().forwards, &out), (0, &direct));
    // The judge sees the model alone: a surrogate of the same weights fools it, one of others less.
    let robust = |surrogate: &Mlp| {
        let report =
            evaluate(&model, p.batch(), &y, &[Transfer { surrogate, attack }], &threat, key).unwrap();
        assert!(
            report.attacks[0].card.to_string().contains("climbs=surrogate"),
            "{}",
            report.attacks[0].card
        );
        report.robust_accuracy
    };
    let (same, other) = (robust(&surrogate), robust(&Mlp::random(12, 16, 3, 99)));
    assert!(same < other, "{same} {other}");
    let wrong = Transfer { surrogate: &Mlp::random(11, 16, 3, 1), attack };
    assert!(wrong.perturb(&model, p.batch(), goal, &threat, key, &mut out).is_err());
}

#[test]
fn the_universal_change_of_a_linear_model_is_its_corner() {
    // All of one class: the sum of losses rises fastest along the sign of the difference of weights, whatever the example.
    let model = Linear::random(2, 12, Bounds::new(-5.0, 5.0).unwrap(), 4);
    let p = Points::new(50, 12, 5);
    let (x, y, key) = (p.batch(), vec![0; 50], Key::new(6));
    let fit = UniversalFit { batch: 16, ..UniversalFit::default() };
    let threat = Threat::linf(0.25).unwrap();
    let found = fit_universal(&model, x, Goal::Untargeted(&y), &threat, key, &fit).unwrap();
    for (i, d) in found.delta.iter().enumerate() {
        assert_eq!(*d, 0.25 * (model.w[1][i] - model.w[0][i]).signum(), "element {i}");
    }
    // In L2 it is the direction itself, of length eps.
    let threat = Threat::l2(0.7).unwrap();
    let found = fit_universal(&model, x, Goal::Untargeted(&y), &threat, key, &fit).unwrap();
    let w: Vec<f64> = (0..12).map(|i| f64::from(model.w[1][i] - model.w[0][i])).collect();
    let length = w.iter().map(|w| w * w).sum::<f64>().sqrt();
    assert!(found.delta.iter().zip(&w).all(|(d, w)| (f64::from(*d) - 0.7 * w / length).abs() < 1e-4));
    // Applied, it is added and cut to budget and box.
    let mut out = p.data.clone();
    found.perturb(&model, x, Goal::Untargeted(&y), &threat, key, &mut out).unwrap();
    assert!(
        out.iter().zip(&p.data).enumerate().all(|(i, (o, x))| (o - x - found.delta[i % 12]).abs() < 1e-6)
    );
    let small = Threat::linf(0.01).unwrap();
    found.perturb(&model, x, Goal::Untargeted(&y), &small, key, &mut out).unwrap();
    assert!((0..50).all(|i| small.check(x.row(i), model.bounds, &out[i * 12..(i + 1) * 12]).is_ok()));
}

#[test]
fn a_universal_change_does_to_other_examples_more_than_chance() {
    let model = Mlp::random(12, 16, 3, 8);
    let (seen, unseen) = (Points::new(200, 12, 9), Points::new(200, 12, 10));
    let y = own_labels(&model, seen.batch());
    let (threat, key) = (Threat::linf(0.15).unwrap(), Key::new(11));
    let fit = |batch: usize| {
        let fit = UniversalFit { batch, ..UniversalFit::default() };
        fit_universal(&model, seen.batch(), Goal::Untargeted(&y), &threat, key, &fit).unwrap()
    };
    let fooled = |change: &Universal| {
        let own = own_labels(&model, unseen.batch());
        let mut out = unseen.data.clone();
        change.perturb(&model, unseen.batch(), Goal::Untargeted(&own), &threat, key, &mut out).unwrap();
        let after = all_logits(&model, &out, unseen.batch());
        after.iter().zip(&own).filter(|(z, y)| sparring_attacks::predicted(z) != **y).count()
    };
    let mut rng = key.rng(1);
    let chance = (0..20)
        .map(|_| {
            fooled(&Universal {
                delta: (0..12).map(|_| if rng.uniform() < 0.5 { -0.15 } else { 0.15 }).collect(),
            })
        })
        .sum::<usize>() as f64
        / 20.0;
    let found = fooled(&fit(64));
    assert!(found as f64 > 1.5 * chance, "{found} against {chance}");
}

#[test]
fn what_does_not_fit_is_named() {
    let model = Mlp::random(12, 16, 3, 8);
    let p = Points::new(4, 12, 9);
    let (x, goal, key) = (p.batch(), Goal::Untargeted(&[0; 4]), Key::new(1));
    let linf = Threat::linf(0.1).unwrap();
    let fit = |fit: UniversalFit| fit_universal(&model, x, goal, &linf, key, &fit);
    let usual = UniversalFit::default();
    for wrong in [
        UniversalFit { epochs: 0, ..usual },
        UniversalFit { batch: 0, ..usual },
        UniversalFit { clip: f32::NAN, ..usual },
    ] {
        assert!(matches!(fit(wrong), Err(AttackError::Parameter { .. })), "{wrong:?}");
    }
    let none = Batch::new(&[], [1, 1, 12], &[]).unwrap();
    assert!(matches!(
        fit_universal(&model, none, Goal::Untargeted(&[]), &linf, key, &usual),
        Err(AttackError::Empty)
    ));
    let l0 = Threat::l0(3.0).unwrap();
    assert!(matches!(fit_universal(&model, x, goal, &l0, key, &usual), Err(AttackError::Norm { .. })));
    let mut out = p.data.clone();
    for delta in [vec![0.0; 11], vec![f32::NAN; 12]] {
        assert!(Universal { delta }.perturb(&model, x, goal, &linf, key, &mut out).is_err());
    }
}
