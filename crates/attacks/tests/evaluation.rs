//! The judge: counts, worst cases, and cheats that must be caught.

use crate::models::{Mlp, Points, all_logits, margin, own_labels, raised};
use sparring_attacks::{
    AnyAttack, Attack, AttackError, AttackInfo, EvaluateOptions, Fgsm, Goal, KeepExamples, Pgd, Refused,
    Report, Settings, Stop, Threat, UniformNoise, evaluate, evaluate_with, suites,
};
use sparring_oracle::{Batch, Classifier, Differentiable};
use sparring_seed::Key;
use std::sync::Mutex;

fn linf(eps: f32) -> Threat {
    Threat::linf(eps).unwrap()
}

fn judged<A, M>(model: &M, p: &Points, y: &[usize], suite: &[A]) -> Report
where
    M: Classifier + Sync,
    A: for<'m> Attack<sparring_attacks::Counting<&'m M>> + Sync,
{
    evaluate(model, p.batch(), y, suite, &linf(0.1), Key::new(1)).unwrap()
}

#[test]
fn accuracies_are_over_all_examples_and_the_worst_case_is_per_image() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(100, 12, 2);
    let mut y = own_labels(&model, p.batch());
    for y in &mut y[..10] {
        *y = (*y + 1) % 3;
    }
    let r = judged(&model, &p, &y, &look());
    assert_eq!((r.n, r.clean), (100, 0.9));
    let mut robust = 0;
    for i in 0..100 {
        let right = r.predictions[i] == y[i];
        assert_eq!(right, i >= 10);
        assert!(right || r.attacks.iter().all(|a| !a.fooled[i]));
        robust += usize::from(right && r.attacks.iter().all(|a| !a.fooled[i]));
    }
    assert_eq!(r.robust_accuracy, robust as f64 / 100.0);
    for a in &r.attacks {
        let fooled = a.fooled.iter().filter(|f| **f).count();
        assert_eq!(a.accuracy, (90 - fooled) as f64 / 100.0);
        assert!(r.robust_accuracy <= a.accuracy && a.accuracy <= r.clean);
    }
    let [noise, fgsm, pgd] = &r.attacks[..] else { panic!() };
    assert_eq!((fgsm.forwards, fgsm.backwards), (90, 90));
    assert!(noise.backwards == 0 && noise.forwards >= 90 && noise.forwards <= 900);
    // Survivors only: at most steps and one check a restart, and less because some fall early.
    assert!(pgd.fooled.contains(&true) && pgd.backwards < 90 * 100 * 5 && pgd.forwards > pgd.backwards);
    assert_eq!(raised(&r), [""; 0]);
}

#[test]
fn survivors_only_costs_what_it_should() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(50, 12, 2);
    let y = own_labels(&model, p.batch());
    let cost = |stop| {
        let r = judged(&model, &p, &y, &[AnyAttack::from(Pgd { steps: 10, stop, ..Pgd::default() })]);
        (r.attacks[0].forwards, r.attacks[0].backwards)
    };
    assert_eq!(cost(Stop::Never), (500, 500));
    assert!(cost(Stop::WhenFooled).0 < 500);
}

#[test]
fn worst_proposals_are_kept() {
    let model = Mlp::random(12, 16, 3, 3);
    let p = Points::new(80, 12, 4);
    let mut y = own_labels(&model, p.batch());
    y[0] = (y[0] + 1) % 3;
    let options =
        EvaluateOptions { batch: 16, keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
    let seen = Mutex::new(Vec::new());
    let r = evaluate_with(&model, p.batch(), &y, &look(), &linf(0.1), Key::new(2), &options, &|s| {
        seen.lock().unwrap().push((s.index, s.done, s.total, s.of));
    })
    .unwrap();
    let kept = r.adversarials.as_ref().unwrap();
    let (before, after) =
        (all_logits(&model, &p.data, p.batch()), all_logits(&model, &kept.x_adv, p.batch()));
    assert_eq!((&kept.x_adv[..12], r.margins[0]), (&p.data[..12], margin(&before[0], y[0])));
    for i in 1..80 {
        let fooled = r.attacks.iter().any(|a| a.fooled[i]);
        assert_eq!(kept.predictions[i] != y[i], fooled);
        assert_eq!(sparring_attacks::predicted(&after[i]), kept.predictions[i]);
        assert!(margin(&after[i], y[i]) <= margin(&before[i], y[i]));
        assert_eq!(r.margins[i], margin(&after[i], y[i]));
        // Who made it: the attack that fooled the example if one did; nobody where nothing changed.
        assert!(!fooled || kept.made_by[i].is_some_and(|a| r.attacks[a].fooled[i]));
        assert_eq!(
            kept.made_by[i].is_none(),
            kept.x_adv[i * 12..(i + 1) * 12] == p.data[i * 12..(i + 1) * 12]
        );
    }
    assert_eq!(kept.made_by[0], None, "an example that was wrong before is not attacked");
    let mut seen = seen.into_inner().unwrap();
    // How many chunks there are depends on the threads; each is told once, holds 16 examples at most, and all together every one.
    seen.sort_unstable();
    assert!(seen.iter().all(|&(_, _, total, of)| (total, of) == (79, 3)));
    for index in 0..3 {
        let done = seen.iter().filter(|s| s.0 == index).map(|s| s.1);
        let last = done.fold(0, |before, done| {
            assert!((1..=16).contains(&(done - before)), "{before}, then {done}");
            done
        });
        assert_eq!(last, 79);
    }
    assert!(r.to_string().lines().count() == 7 && r.to_string().contains("worst case"), "{r}");
    let card = &r.attacks[2].card;
    assert_eq!(card.key.parse(), Ok(Key::new(2)));
    let of = &r.attacks[2];
    assert_eq!((card.survivors, card.forwards, card.backwards), (of.survivors, of.forwards, of.backwards));
    assert!(
        card.to_string().contains("pgd (Madry")
            && card.parameters.contains("step_size=(linf:4,l2:7.5)*eps/steps start=random")
    );
}

/// Proposes `x + by` in every element, whatever the budget.
struct Cheat {
    by: f32,
}
impl<M: Classifier> Attack<M> for Cheat {
    fn about(&self) -> &'static AttackInfo {
        const INFO: AttackInfo = AttackInfo { name: "cheat", ..Fgsm::INFO };
        &INFO
    }
    fn settings(&self) -> Settings {
        Settings::default()
    }
    fn perturb(
        &self,
        _: &M,
        x: Batch<'_>,
        _: Goal<'_>,
        _: &Threat,
        _: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        for (o, x) in out.iter_mut().zip(x.data()) {
            *o = x + self.by;
        }
        Ok(())
    }
}

#[test]
fn an_attack_cannot_lie() {
    let model = Mlp::random(12, 16, 3, 5);
    let mut p = Points::new(60, 12, 6);
    p.data.iter_mut().for_each(|v| *v *= 0.5);
    let y = own_labels(&model, p.batch());
    let caught = |by| {
        let r = judged(&model, &p, &y, &[Cheat { by }]);
        assert!(r.robust_accuracy == 1.0 && r.attacks[0].accuracy == 1.0, "by {by}");
        assert!(r.to_string().contains("! cheat: ") && r.to_string().contains("not counted"), "{r}");
        (r.attacks[0].refused, raised(&r))
    };
    let counts = |r: &Refused| [r.over_budget, r.outside_box, r.not_finite];
    let (far, doubts) = caught(0.3);
    assert_eq!((counts(&far), doubts), ([60, 0, 0], vec![]));
    assert!((far.largest - 0.3).abs() < 1e-6 && (far.allowed - 0.1).abs() < 1e-5, "{far}");
    assert_eq!(counts(&caught(0.1001).0), [60, 0, 0]);
    assert_eq!(counts(&caught(9.0).0), [0, 60, 0]);
    let (nan, doubts) = caught(f32::NAN);
    assert_eq!((counts(&nan), doubts), ([0, 0, 60], vec!["nan_gradient"]));
    // The control: the same shift within the budget counts, and turns some examples.
    let r = judged(&model, &p, &y, &[Cheat { by: 0.1 }]);
    assert!(raised(&r).is_empty() && r.attacks[0].refused.total() == 0 && r.robust_accuracy < 1.0);
}

#[test]
fn suites_may_mix_attacks_of_any_make() {
    let model = Mlp::random(12, 16, 3, 5);
    let p = Points::new(10, 12, 6);
    let y = own_labels(&model, p.batch());
    fn mixed<M: Differentiable + Sync>(model: &M, p: &Points, y: &[usize]) -> Report {
        judged(model, p, y, &[Mixed::Ours(Fgsm::default().into()), Mixed::Theirs(Cheat { by: 0.0 })])
    }
    let r = mixed(&model, &p, &y);
    assert_eq!((r.attacks[0].attack.as_str(), r.attacks[1].attack.as_str()), ("fgsm", "cheat"));
    // Through a trait object too.
    let model: &(dyn Differentiable + Sync) = &model;
    assert!(evaluate(model, p.batch(), &y, &suites::quick(), &linf(0.1), Key::new(0)).is_ok());
}
enum Mixed {
    Ours(AnyAttack),
    Theirs(Cheat),
}
impl<M: Differentiable> Attack<M> for Mixed {
    fn about(&self) -> &'static AttackInfo {
        match self {
            Self::Ours(a) => a.info(),
            Self::Theirs(a) => Attack::<M>::about(a),
        }
    }
    fn settings(&self) -> Settings {
        Settings::default()
    }
    fn perturb(
        &self,
        m: &M,
        x: Batch<'_>,
        g: Goal<'_>,
        t: &Threat,
        k: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        match self {
            Self::Ours(a) => a.perturb(m, x, g, t, k, out),
            Self::Theirs(a) => a.perturb(m, x, g, t, k, out),
        }
    }
}

#[test]
fn wrong_evaluations_are_errors() {
    let model = Mlp::random(12, 16, 3, 5);
    let p = Points::new(3, 12, 6);
    let told = |x: Batch<'_>, y: &[usize], options: &EvaluateOptions, eps| {
        let threat = Threat { norm: sparring_attacks::AnyNorm::Linf, eps };
        evaluate_with(&model, x, y, &suites::quick(), &threat, Key::new(0), options, &|_| ())
            .unwrap_err()
            .to_string()
    };
    let ok = EvaluateOptions::default();
    assert!(told(p.batch().slice(0..0), &[], &ok, 0.1).contains("no example"));
    assert!(told(p.batch(), &[0, 0], &ok, 0.1).contains("labels: expected 3, got 2"));
    assert!(told(p.batch(), &[0, 0, 9], &ok, 0.1).contains("label 9"));
    assert!(told(p.batch(), &[0, 0, 0], &ok, f32::NAN).contains("eps NaN"));
    assert!(told(p.batch(), &[0, 0, 0], &EvaluateOptions { batch: 0, ..ok }, 0.1).contains("batch is 0"));
    // All wrong to begin with, and a single example: nothing to attack, no fault.
    let wrong: Vec<usize> = own_labels(&model, p.batch()).iter().map(|y| (y + 1) % 3).collect();
    let r = judged(&model, &p, &wrong, &[AnyAttack::from(UniformNoise::default())]);
    assert_eq!((r.clean, r.robust_accuracy, r.attacks[0].forwards), (0.0, 0.0, 0));
}

#[test]
fn budgets_in_other_units_are_refused() {
    let p = Points::new(4, 12, 2);
    let model = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&model, p.batch());
    let look = |threat: Threat| evaluate(&model, p.batch(), &y, &suites::quick(), &threat, Key::new(3));
    // The box's diagonal: 1 in L-inf, the root of 12 in L2.
    assert!(look(Threat::linf(1.0).unwrap()).is_ok() && look(Threat::l2(12f32.sqrt()).unwrap()).is_ok());
    for threat in [Threat::linf(1.01), Threat::linf(255.0), Threat::l2(3.5), Threat::l2(1e30)] {
        let told = look(threat.unwrap()).unwrap_err();
        assert!(
            matches!(told, AttackError::BeyondBox { .. }) && told.to_string().contains("8/255"),
            "{told}"
        );
    }
}

/// Noise, one step and many.
fn look() -> Vec<AnyAttack> {
    ["noise", "fgsm", "pgd(steps=100, restarts=5)"].map(|name| name.parse().unwrap()).to_vec()
}
