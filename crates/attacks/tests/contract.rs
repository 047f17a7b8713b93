//! What every attack owes, run over the whole table.

use crate::models::{Mlp, Points, all_attacks, all_logits, budgets, own_labels};
use sparring_attacks::{
    AnyAttack, AnyBlackBox, Attack, AttackError, AttackKind, Ffgsm, Goal, Pgd, Rfgsm, Start, StepSize, Stop,
    Threat, UniformNoise, check_input,
};
use sparring_losses::{AnyClassLoss, RowLoss};
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::Key;

fn threats(eps: f32) -> [Threat; 2] {
    [Threat::linf(eps).unwrap(), Threat::l2(3.0 * eps).unwrap()]
}

pub fn all_threats(eps: f32) -> [Threat; 4] {
    let [linf, l2] = threats(eps);
    [linf, l2, Threat::l1(8.0 * eps).unwrap(), Threat::l0(10.0 * eps).unwrap()]
}

pub fn run<M: ?Sized, A: Attack<M> + ?Sized>(
    a: &A,
    m: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    t: &Threat,
) -> Vec<f32> {
    let mut out = vec![f32::NAN; x.data().len()];
    a.perturb(m, x, goal, t, Key::new(11), &mut out).unwrap();
    out
}

pub fn losses<M: Classifier>(model: &M, data: &[f32], x: Batch<'_>, y: &[usize]) -> Vec<f32> {
    let mut dz = vec![0.0; model.classes()];
    let eval = |(z, y): (&Vec<f32>, &usize)| AnyClassLoss::CrossEntropy.eval(z, y, &mut dz);
    all_logits(model, data, x).iter().zip(y).map(eval).collect()
}

pub fn mean(v: &[f32]) -> f64 {
    v.iter().map(|v| f64::from(*v)).sum::<f64>() / v.len() as f64
}

#[test]
fn every_proposal_keeps_the_rules() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(60, 12, 2);
    let x = p.batch();
    let y = own_labels(&model, x);
    for attack in all_attacks() {
        for threat in all_threats(0.2) {
            let Some(&threat) = budgets(attack.info(), &[threat]).first() else {
                let mut out = p.data.clone();
                let refused = attack.perturb(&model, x, Goal::Untargeted(&y), &threat, Key::new(1), &mut out);
                assert!(matches!(refused, Err(AttackError::Norm { .. })), "{attack} {threat}");
                continue;
            };
            // The labels, a target, and nothing left to do for the searches for a smallest change.
            let wrong: Vec<usize> = y.iter().map(|y| (y + 1) % 3).collect();
            for goal in [Goal::Untargeted(&y), Goal::Targeted(&vec![1; 60]), Goal::Untargeted(&wrong)] {
                let out = run(&attack, &model, x, goal, &threat);
                let answered = attack.info().kind == AttackKind::MinimumNorm && goal.classes() == wrong;
                assert!(!answered || out == p.data, "{attack} {threat}: a wrong example is its own answer");
                for i in 0..60 {
                    let adv = &out[i * 12..(i + 1) * 12];
                    assert_eq!(
                        threat.check(x.row(i), Bounds::UNIT, adv),
                        Ok(()),
                        "{attack} {threat} example {i}"
                    );
                }
            }
        }
        for threat in budgets(attack.info(), &all_threats(0.0)).into_iter().filter(|t| t.eps == 0.0) {
            assert_eq!(
                run(&attack, &model, x, Goal::Untargeted(&y), &threat),
                p.data,
                "{attack}: eps = 0 returns x"
            );
        }
    }
}

#[test]
fn gradient_attacks_beat_noise_and_more_restarts_never_hurt() {
    let model = Mlp::random(12, 16, 3, 3);
    let p = Points::new(100, 12, 4);
    let x = p.batch();
    let y = own_labels(&model, x);
    for threat in threats(0.1) {
        let of = |a: AnyAttack| losses(&model, &run(&a, &model, x, Goal::Untargeted(&y), &threat), x, &y);
        let never = Pgd { stop: Stop::Never, ..Pgd::default() };
        let (clean, noise) =
            (losses(&model, &p.data, x, &y), of(UniformNoise { samples: 1, ..Default::default() }.into()));
        let (fgsm, one) = (of("fgsm".parse().unwrap()), of(never.into()));
        assert!(mean(&fgsm) > mean(&noise) && mean(&fgsm) > mean(&clean), "{threat}");
        for i in 0..100 {
            assert!(one[i] >= noise[i] - 1e-4, "{threat}, example {i}: pgd {} < noise {}", one[i], noise[i]);
        }
        // The first restart of many is the only one of one: the best of three is never worse, whenever it stops.
        for stop in [Stop::WhenFooled, Stop::Never] {
            let best_of = |restarts| {
                let pgd = Pgd { restarts, stop, ..Pgd::default() };
                let out = run(&pgd, &model, x, Goal::Untargeted(&y), &threat);
                let after = own_labels(&model, Batch::new(&out, x.shape(), x.ids()).unwrap());
                let loss = losses(&model, &out, x, &y);
                (0..100).map(|i| (after[i] != y[i], loss[i])).collect::<Vec<_>>()
            };
            let (few, many) = (best_of(1), best_of(3));
            for (f, m) in few.iter().zip(&many) {
                assert!(m.0 || (!f.0 && m.1 >= f.1), "{threat} {stop}: {m:?} after {f:?}");
            }
            assert!(
                few.iter().any(|f| f.0) && few.iter().any(|f| !f.0),
                "{threat}: all or none make no test"
            );
            assert!(few.iter().zip(&many).any(|(f, m)| m.1 > f.1));
        }
    }
}

#[test]
fn a_target_comes_closer() {
    let model = Mlp::random(12, 16, 4, 5);
    let p = Points::new(60, 12, 6);
    let x = p.batch();
    let to: Vec<usize> = own_labels(&model, x).iter().map(|y| (y + 1) % 4).collect();
    let before = losses(&model, &p.data, x, &to);
    for threat in threats(0.1) {
        for name in ["bim", "pgd", "adam-pgd", "mi-fgsm", "ni-fgsm", "pgd(eot=2)"] {
            let attack: AnyAttack = name.parse().unwrap();
            let after = losses(&model, &run(&attack, &model, x, Goal::Targeted(&to), &threat), x, &to);
            assert!(after.iter().zip(&before).all(|(a, b)| a < b), "{name} {threat}");
        }
    }
}

/// What these give back in place of the example has reached the target, not merely left the label.
#[test]
fn a_target_is_the_goal_of_searches_too() {
    let model = Mlp::random(12, 16, 4, 5);
    let p = Points::new(60, 12, 6);
    let x = p.batch();
    let to: Vec<usize> = own_labels(&model, x).iter().map(|y| (y + 1) % 4).collect();
    for threat in threats(0.3) {
        for name in ["fab", "fab-t", "fab(restarts=3)"] {
            let attack: AnyAttack = name.parse().unwrap();
            let out = run(&attack, &model, x, Goal::Targeted(&to), &threat);
            let after = own_labels(&model, Batch::new(&out, x.shape(), x.ids()).unwrap());
            let moved = |i: &usize| out[i * 12..(i + 1) * 12] != p.data[i * 12..(i + 1) * 12];
            let (mut moved, all) = ((0..60).filter(moved).peekable(), 60);
            assert!(moved.peek().is_some(), "{name} {threat}: none of {all} was found");
            assert!(moved.all(|i| after[i] == to[i]), "{name} {threat}");
        }
        // An example that is where it should be stays there.
        let own = own_labels(&model, x);
        let attack: AnyAttack = "apgd-t(steps=5)".parse().unwrap();
        assert_eq!(run(&attack, &model, x, Goal::Targeted(&own), &threat), p.data, "{threat}");
    }
}

#[test]
fn a_given_start_is_where_the_walk_starts() {
    let model = Mlp::random(12, 16, 3, 7);
    let p = Points::new(5, 12, 8);
    let (x, threat) = (p.batch(), Threat::linf(0.2).unwrap());
    let y = own_labels(&model, x);
    let pgd = Pgd { start: sparring_attacks::Start::Clean, ..Pgd::default() };
    let mut from_x = vec![0.0; p.data.len()];
    pgd.perturb_from(&model, x, &p.data, Goal::Untargeted(&y), &threat, &mut from_x).unwrap();
    assert_eq!(from_x, run(&pgd, &model, x, Goal::Untargeted(&y), &threat));
    let far = vec![9.0; p.data.len()];
    pgd.perturb_from(&model, x, &far, Goal::Untargeted(&y), &threat, &mut from_x).unwrap();
    assert!((0..5).all(|i| threat.check(x.row(i), Bounds::UNIT, &from_x[i * 12..(i + 1) * 12]).is_ok()));
    assert!(pgd.perturb_from(&model, x, &far[1..], Goal::Untargeted(&y), &threat, &mut from_x).is_err());
}

#[test]
fn names_round_trip_and_wrong_ones_are_told() {
    for info in AnyAttack::ALL {
        for name in std::iter::once(&info.name).chain(info.aliases) {
            assert_eq!(name.parse::<AnyAttack>().unwrap().to_string(), info.name);
        }
    }
    let told = "pdg".parse::<AnyAttack>().unwrap_err().to_string();
    let all: Vec<&str> = AnyAttack::ALL.iter().map(|info| info.name).collect();
    assert_eq!(
        told,
        format!("no attack is called `pdg` (did you mean `pgd`?); choose one of: {}", all.join(", "))
    );
    assert!("pgd".parse::<AnyBlackBox>().is_err());
    for attack in AnyAttack::defaults() {
        assert_eq!(attack.to_string(), attack.info().name);
    }
    let pgd = Pgd { steps: 50, restarts: 10, step_size: StepSize::Absolute(2.0 / 255.0), ..Pgd::default() };
    assert_eq!("PGD(steps=50, restarts=10, step-size=2/255)".parse::<AnyAttack>().unwrap(), pgd.into());
    let more = [
        pgd.into(),
        Pgd { loss: "margin".parse().unwrap(), stop: Stop::Never, start: Start::Clean, ..pgd }.into(),
        Ffgsm { step_size: StepSize::Total(2.5), ..Ffgsm::default() }.into(),
        AnyAttack::from(Rfgsm { alpha: 0.25, ..Rfgsm::default() }),
    ];
    for attack in more {
        assert_eq!(attack.to_string().parse::<AnyAttack>().unwrap(), attack, "{attack}");
    }
    for (text, why) in [
        ("pgd(steps=0)", "pgd.steps is 0, but must be a whole number, 1 or above"),
        (
            "pgd(restart=2)",
            "pgd has no parameter `restart` (did you mean `restarts`?); it has: steps, step_size",
        ),
        ("pgd(start=corner)", "pgd.start is corner, but must be clean or random"),
        ("pgd(loss=margn)", "pgd.loss: no loss is called `margn` (did you mean `margin`?)"),
        ("bim(step_size=1e-300)", "bim.step_size is 1e-300, but must be a finite number above 0"),
        ("r+fgsm(alpha=2)", "r+fgsm.alpha is 2, but must be a number from 0 to 1"),
        ("fgsm(steps=3)", "fgsm has no parameter `steps`; it has: loss"),
    ] {
        let told = text.parse::<AnyAttack>().unwrap_err().to_string();
        assert!(told.contains(why), "{text}: {told}");
    }
    assert_eq!("L2".parse::<sparring_attacks::AnyNorm>().unwrap().to_string(), "l2");
    assert!("l7".parse::<sparring_attacks::AnyNorm>().unwrap_err().to_string().contains("linf, l2"));
}

#[test]
fn wrong_input_is_named() {
    let model = Mlp::random(2, 4, 3, 1);
    let told = |data: &[f32], shape, y: &[usize]| {
        let ids: Vec<u64> = (0..data.len() as u64 / 2).map(|i| i + 40).collect();
        let x = Batch::new(data, shape, &ids).unwrap();
        check_input(&model, x, Goal::Untargeted(y), data).unwrap_err().to_string()
    };
    let s = [1, 1, 2];
    assert!(told(&[0.1; 4], s, &[0, 3]).contains("label 3 of example 41: the model has classes 0 to 2"));
    assert!(told(&[0.1; 4], s, &[0]).contains("labels: expected 2, got 1"));
    assert!(
        told(&[0.1, 0.2, 0.3, 1.5], s, &[0, 1])
            .contains("example 41 holds 1.5, outside the model's box [0, 1]")
    );
    assert!(told(&[0.1, f32::NAN], s, &[0]).contains("example 40 holds NaN"));
    assert!(told(&[0.1; 2], [2, 1, 1], &[0]).contains("[1, 1, 2]"));
    let bad = [
        Pgd { steps: 0, ..Pgd::default() },
        Pgd { restarts: 0, ..Pgd::default() },
        Pgd { step_size: sparring_attacks::StepSize::Absolute(f32::NAN), ..Pgd::default() },
    ];
    assert!(bad.iter().all(|p| p.validate().is_err()));
    assert_eq!(
        bad[0].validate().unwrap_err().to_string(),
        "pgd.steps is 0, but must be a whole number, 1 or above and at most 1000000000000"
    );
}
