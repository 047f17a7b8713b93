//! Planted faults in models: each must raise its finding (or error), and none may raise it on a sound model.

use crate::models::{Mlp, Points, all_attacks, all_logits, margin, own_labels};
use sparring_attacks::{
    AnyAttack, Attack, AttackError, Bim, Course, EvaluateOptions, Fgsm, Finding, Goal, Normalized, Pgd,
    Report, Start, StepSize, Threat, evaluate, evaluate_with, suites,
};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    Softmax,
    Noisy,
    RoundedInput,
    /// The logits, and so the gradients, times this.
    Scaled(f32),
    NanGradient,
    NanLogits,
    CallsTwice,
    NeverCalls,
}

/// A sound model spoilt in one way.
struct Spoilt(Mlp, Fault, AtomicU64);

impl Spoilt {
    fn spoil(&self, x: Batch<'_>, z: &mut [f32]) {
        match self.1 {
            Fault::Softmax => {
                for row in z.chunks_exact_mut(3) {
                    let sum: f32 = row.iter().map(|z| z.exp()).sum();
                    row.iter_mut().for_each(|z| *z = z.exp() / sum);
                }
            }
            Fault::Noisy => {
                let call = self.2.fetch_add(1, Ordering::Relaxed);
                let mut s = Key::new(99).rng(call);
                z.iter_mut().for_each(|z| *z += 1e-3 * s.normal() as f32);
            }
            Fault::Scaled(by) => z.iter_mut().for_each(|z| *z *= by),
            Fault::NanLogits => {
                for (row, id) in z.chunks_exact_mut(3).zip(x.ids()) {
                    if *id == 17 {
                        row[1] = f32::NAN;
                    }
                }
            }
            _ => (),
        }
    }
}
impl Classifier for Spoilt {
    fn shape(&self) -> [usize; 3] {
        self.0.shape()
    }
    fn classes(&self) -> usize {
        3
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.logits(x, out)?;
        self.spoil(x, out);
        Ok(())
    }
}
impl Differentiable for Spoilt {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.0.pullback(
            x,
            &mut |z, dz| {
                let mut z = z.to_vec();
                self.spoil(x, &mut z);
                if self.1 != Fault::NeverCalls {
                    cotangent(&z, dz);
                }
                if self.1 == Fault::CallsTwice {
                    cotangent(&z, dz);
                }
            },
            grad,
        )?;
        match self.1 {
            Fault::RoundedInput => grad.fill(0.0),
            Fault::NanGradient => grad[0] = f32::NAN,
            Fault::Scaled(by) => grad.iter_mut().for_each(|g| *g *= by),
            _ => (),
        }
        Ok(())
    }
}

fn look(fault: Fault) -> Result<Report, AttackError> {
    let p = Points::new(60, 12, 2);
    let sound = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&sound, p.batch());
    let model = Spoilt(sound, fault, AtomicU64::new(0));
    evaluate(&model, p.batch(), &y, &suites::quick(), &Threat::linf(0.05)?, Key::new(3))
}

#[test]
fn a_sound_model_raises_nothing() {
    assert_eq!(look(Fault::None).unwrap().findings, []);
}

#[test]
fn softmax_and_noise_are_seen() {
    assert_eq!(look(Fault::Softmax).unwrap().findings, [Finding::LooksLikeProbabilities]);
    let noisy = look(Fault::Noisy).unwrap();
    assert!(matches!(noisy.findings[..], [Finding::Randomised { difference }, ..] if difference > 1e-4));
    assert!(noisy.to_string().contains("! the model is randomised"));
}

#[test]
fn dead_gradients_are_seen() {
    let r = look(Fault::RoundedInput).unwrap();
    for name in ["fgsm", "pgd"] {
        let found = |f: &Finding| matches!(f, Finding::ZeroGradient { attack, share } if attack == name && *share > 0.5);
        assert!(r.findings.iter().any(found), "{:?}", r.findings);
    }
}

#[test]
fn a_cascade_sees_what_gradients_left_to_queries() {
    let p = Points::new(60, 12, 2);
    let of = |fault| {
        let sound = Mlp::random(12, 16, 3, 1);
        let y = own_labels(&sound, p.batch());
        let model = Spoilt(sound, fault, AtomicU64::new(0));
        let suite: Vec<AnyAttack> = ["apgd", "square(queries=200)"].map(|a| a.parse().unwrap()).to_vec();
        let options = EvaluateOptions { course: Course::Cascade, ..EvaluateOptions::default() };
        let threat = Threat::linf(0.05).unwrap();
        evaluate_with(&model, p.batch(), &y, &suite, &threat, Key::new(3), &options, &|_| ()).unwrap()
    };
    let found = |r: &Report| {
        r.findings.iter().any(|f| matches!(f, Finding::BlackBoxStronger { attack, .. } if attack == "square"))
    };
    let (sound, blind) = (of(Fault::None), of(Fault::RoundedInput));
    assert!(!found(&sound), "{sound}");
    assert!(found(&blind), "{blind}");
    // Each attack had what the one before it left.
    for r in [&sound, &blind] {
        assert!(r.attacks[1].survivors <= r.attacks[0].survivors, "{r}");
        assert_eq!((r.robust_accuracy * r.n as f64).round() as usize, r.attacks[1].survivors, "{r}");
    }
    assert!(sound.attacks[0].survivors < blind.attacks[0].survivors, "{sound}\n{blind}");
}

#[test]
fn the_scale_of_the_logits_hides_nothing() {
    let right = |fault| {
        let r = look(fault).unwrap();
        assert_eq!(r.findings, [], "{fault:?}");
        r.attacks.iter().map(|a| (a.accuracy * r.n as f64).round() as i64).collect::<Vec<_>>()
    };
    let sound = right(Fault::None);
    assert!(sound.iter().all(|&n| n > 10 && n < 50), "{sound:?}");
    for by in [1e-30, 1e-6, 1e2, 1e4, 1e6, 1e30] {
        let scaled = right(Fault::Scaled(by));
        assert!(sound.iter().zip(&scaled).all(|(a, b)| (a - b).abs() <= 2), "{by}: {sound:?}, {scaled:?}");
    }
}

#[test]
fn restarts_are_compared_where_cross_entropy_is_0_for_all() {
    // Every loss of the scaled model rounds to 0; the best of eight starts still comes closer to the boundary than the first.
    let p = Points::new(60, 12, 2);
    let sound = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&sound, p.batch());
    let model = Spoilt(sound, Fault::Scaled(1e6), AtomicU64::new(0));
    let margins = |restarts| {
        // A step too short to bring all starts to one corner.
        let pgd = Pgd { steps: 1, step_size: StepSize::Relative(0.01), restarts, ..Pgd::default() };
        let mut out = vec![0.0; p.data.len()];
        let threat = Threat::linf(0.01).unwrap();
        pgd.perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(1), &mut out).unwrap();
        let rows = all_logits(&model, &out, p.batch());
        rows.iter().zip(&y).map(|(z, &y)| margin(z, y)).collect::<Vec<_>>()
    };
    let (one, eight) = (margins(1), margins(8));
    // What is compared is a smooth maximum over the rivals, so a margin may be lost by a little, and rarely is.
    let count = |f: fn(f32, f32) -> bool| one.iter().zip(&eight).filter(|(a, b)| f(**a, **b)).count();
    let (better, worse) = (count(|one, eight| eight < one), count(|one, eight| eight > one));
    assert!(better > 20 && worse < 5, "{better} better, {worse} worse");
}

#[test]
fn walks_that_cannot_cross_the_ball_are_seen() {
    let p = Points::new(20, 12, 2);
    let model = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&model, p.batch());
    let found = |attack: AnyAttack, threat: Threat| {
        let r = evaluate(&model, p.batch(), &y, &[attack], &threat, Key::new(3)).unwrap();
        let short = |f: Finding| match f {
            Finding::ShortWalk { attack, length, need } => {
                Some((attack, length / threat.eps, need / threat.eps))
            }
            _ => None,
        };
        r.findings.into_iter().filter_map(short).next()
    };
    for threat in [Threat::linf(0.3).unwrap(), Threat::l2(0.5).unwrap()] {
        for sound in all_attacks().into_iter().filter(|a| a.info().admits(&threat).is_ok()) {
            assert_eq!(found(sound, threat), None, "{sound} {threat}");
        }
        let clean = Bim { step_size: StepSize::Relative(0.1), ..Bim::default() };
        assert_eq!(found(clean.into(), threat), None);
        let (attack, length, need) = found(Bim { steps: 9, ..clean }.into(), threat).unwrap();
        assert!(attack == "bim" && (length - 0.9).abs() < 1e-5 && need == 1.0);
        let random = Pgd { step_size: StepSize::Relative(1.0 / 30.0), ..Pgd::default() };
        assert_eq!(found(Pgd { steps: 60, ..random }.into(), threat), None);
        let (attack, length, need) = found(random.into(), threat).unwrap();
        assert!(attack == "pgd" && (length - 4.0 / 3.0).abs() < 1e-5 && need == 2.0);
        assert_eq!(found(Pgd { start: Start::Clean, ..random }.into(), threat), None);
    }
    let told = Finding::ShortWalk { attack: "pgd".into(), length: 40.0 * 0.01, need: 0.6 }.to_string();
    assert!(told.contains(" 0.4 long") && told.contains(" 0.6 on") && told.contains("more steps"), "{told}");
}

#[test]
fn numbers_that_are_none_are_seen() {
    let r = look(Fault::NanGradient).unwrap();
    assert!(
        r.findings
            .iter()
            .any(|f| matches!(f, Finding::NonFinite { proposals: 0, gradients, .. } if *gradients > 0))
    );
    assert!(look(Fault::NanLogits).unwrap_err().to_string().contains("example 17"));
}

#[test]
fn models_that_break_the_contract_are_told() {
    assert!(look(Fault::CallsTwice).unwrap_err().to_string().contains("it called 2 times"));
    assert!(look(Fault::NeverCalls).unwrap_err().to_string().contains("it called 0 times"));
}

#[test]
fn normalisation_inside_the_model_changes_nothing_but_the_scale() {
    // A model of (x − mean) / std, wrapped so that it takes x, is the same function of x, with the same gradient.
    let (mean, std) = (0.25_f32, 0.5_f32);
    let raw = Mlp::random(12, 16, 3, 8);
    let model = Normalized::new(Mlp::random(12, 16, 3, 8), &[mean], &[std], Bounds::UNIT).unwrap();
    let p = Points::new(7, 12, 9);
    let z: Vec<f32> = p.data.iter().map(|x| (x - mean) / std).collect();
    let inner = Batch::new(&z, p.shape, &p.ids).unwrap();
    let (mut a, mut b) = (vec![0.0; 21], vec![0.0; 21]);
    model.logits(p.batch(), &mut a).unwrap();
    raw.logits(inner, &mut b).unwrap();
    assert_eq!(a, b);
    let (mut ga, mut gb) = (vec![0.0; 84], vec![0.0; 84]);
    let mut ones = |_: &[f32], dz: &mut [f32]| dz.iter_mut().step_by(3).for_each(|d| *d = 1.0);
    model.pullback(p.batch(), &mut ones, &mut ga).unwrap();
    raw.pullback(inner, &mut ones, &mut gb).unwrap();
    assert!(ga.iter().zip(&gb).all(|(a, b)| *a == b / std) && ga.iter().any(|g| *g != 0.0));
    for (mean, std) in [(vec![0.0, 0.0], vec![1.0]), (vec![0.0], vec![0.0]), (vec![f32::NAN], vec![1.0])] {
        assert!(Normalized::new(&raw, &mean, &std, Bounds::UNIT).is_err());
    }
}

#[test]
fn an_attack_that_a_cheaper_one_beats_is_named() {
    // Steps of a millionth of eps from a random point of the ball find less than one step of eps from the example.
    let p = Points::new(200, 12, 2);
    let model = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&model, p.batch());
    let threat = Threat::linf(0.1).unwrap();
    let lazy = Pgd { steps: 3, step_size: StepSize::Relative(1e-6), ..Pgd::default() };
    let beaten = |pgd: Pgd| {
        let suite = [AnyAttack::from(Fgsm::default()), pgd.into()];
        let r = evaluate(&model, p.batch(), &y, &suite, &threat, Key::new(3)).unwrap();
        let gap = ((r.attacks[1].accuracy - r.attacks[0].accuracy) * 200.0).round();
        let told = r.findings.into_iter().find_map(|f| match f {
            Finding::Beaten { attack, by, examples } => Some((attack, by, examples)),
            _ => None,
        });
        (gap, told)
    };
    let (gap, told) = beaten(lazy);
    assert!(gap > 1.0, "{gap}");
    assert_eq!(told, Some(("pgd".into(), "fgsm".into(), gap as usize)));
    assert_eq!(beaten(Pgd::default()).1, None);
}
