//! Planted faults in models: each must raise its finding (or error), and none may raise it on a sound model.

use crate::models::{
    Fault, Linear, Mlp, Points, Spoilt, all_attacks, all_logits, budgets, margin, own_labels, raised, row,
};
use sparring_attacks::{
    AnyAttack, Attack, AttackError, Bim, Course, EvaluateOptions, Fgsm, Finding, FindingId, Goal, Normalized,
    Pgd, Report, Start, StepSize, Threat, evaluate, evaluate_with, merged_findings, suites,
};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable};
use sparring_seed::Key;

fn look(fault: Fault) -> Result<Report, AttackError> {
    let p = Points::new(60, 12, 2);
    let sound = Mlp::random(12, 16, 3, 1);
    let y = own_labels(&sound, p.batch());
    let model = Spoilt::new(sound, fault);
    evaluate(&model, p.batch(), &y, &suites::quick(), &Threat::linf(0.05)?, Key::new(3))
}

#[test]
fn a_sound_model_raises_nothing_and_every_check_has_its_row() {
    let r = look(Fault::None).unwrap();
    assert_eq!(raised(&r), [""; 0]);
    let ids: Vec<_> = r.findings.iter().map(|f| f.id).collect();
    assert_eq!((&ids[..], ids.len()), (FindingId::ALL, 16));
    for f in &r.findings {
        assert_eq!(f.value.is_none(), f.why.starts_with("not examined: "), "{f}");
    }
    let examined = |id| row(&r, id).value.is_some();
    assert!(examined("zero_gradient") && examined("one_step_stronger") && !examined("survives_huge_eps"));
}

#[test]
fn softmax_and_noise_are_seen() {
    assert_eq!(raised(&look(Fault::Softmax).unwrap()), ["probabilities"]);
    let noisy = look(Fault::Noisy).unwrap();
    assert!(row(&noisy, "random_output").raised && row(&noisy, "random_output").value > Some(1e-4));
    assert!(noisy.to_string().contains("! random_output: the model is randomised"));
}

#[test]
fn dead_gradients_are_seen() {
    let r = look(Fault::RoundedInput).unwrap();
    let found = row(&r, "zero_gradient");
    assert!(found.raised && found.value == Some(1.0), "{found}");
    assert!(found.why.contains("fgsm: 100.0 %") && found.why.contains("pgd: 100.0 %"), "{found}");
}

/// A walk that stops half way.
fn half(eps_share: f32, steps: usize) -> AnyAttack {
    Pgd {
        steps,
        step_size: StepSize::Relative(eps_share / steps as f32),
        start: Start::Clean,
        ..Pgd::default()
    }
    .into()
}

#[test]
fn a_cascade_says_where_its_first_walk_alone_over_reports() {
    let (model, p) = (Mlp::random(12, 16, 3, 1), Points::new(100, 12, 2));
    let y = own_labels(&model, p.batch());
    let options = EvaluateOptions { course: Course::Cascade, ..EvaluateOptions::default() };
    let of = |suite: &[AnyAttack]| {
        let threat = Threat::linf(0.1).unwrap();
        evaluate_with(&model, p.batch(), &y, suite, &threat, Key::new(1), &options, &|_| ()).unwrap()
    };
    let weak = of(&[half(0.5, 10), half(3.0, 20)]);
    let row = row(&weak, "pgd_not_converged");
    let [first, last] = [&weak.attacks[0], &weak.attacks[1]].map(|a| a.survivors);
    assert!(row.raised && first > last + 1, "{weak}");
    assert!(row.why.contains(&format!("fooled {} more of 100 images", first - last)), "{}", row.why);
    // One step is no walk, and a walk that leaves nothing to others is one that can be trusted alone.
    assert!(raised(&of(&[Fgsm::default().into(), Pgd::default().into()])).is_empty());
    assert!(raised(&of(&[half(3.0, 20), half(3.0, 20)])).is_empty());
}

#[test]
fn a_cascade_sees_what_gradients_left_to_queries() {
    let p = Points::new(60, 12, 2);
    let of = |fault| {
        let sound = Mlp::random(12, 16, 3, 1);
        let y = own_labels(&sound, p.batch());
        let model = Spoilt::new(sound, fault);
        let suite: Vec<AnyAttack> = ["apgd", "square(queries=200)"].map(|a| a.parse().unwrap()).to_vec();
        let options = EvaluateOptions { course: Course::Cascade, ..EvaluateOptions::default() };
        let threat = Threat::linf(0.05).unwrap();
        evaluate_with(&model, p.batch(), &y, &suite, &threat, Key::new(3), &options, &|_| ()).unwrap()
    };
    let found = |r: &Report| {
        let row = row(r, "black_box_stronger");
        assert!(row.value.is_some() && row.why.contains("square") && row.why.contains("0.2 %"), "{row}");
        row.raised
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
        assert_eq!(raised(&r), [""; 0], "{fault:?}");
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
    let model = Spoilt::new(sound, Fault::Scaled(1e6));
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
        Some(row(&r, "pgd_not_converged").clone()).filter(|f| f.raised)
    };
    for threat in [Threat::linf(0.3).unwrap(), Threat::l2(0.5).unwrap()] {
        for sound in all_attacks() {
            if let [threat] = budgets(sound.info(), &[threat])[..] {
                assert_eq!(found(sound, threat), None, "{sound} {threat}");
            }
        }
        let clean = Bim { step_size: StepSize::Relative(0.1), ..Bim::default() };
        assert_eq!(found(clean.into(), threat), None);
        let short = found(Bim { steps: 9, ..clean }.into(), threat).unwrap();
        assert!(short.why.starts_with("bim: ") && (short.value.unwrap() - 0.9).abs() < 1e-5, "{short}");
        let random = Pgd { step_size: StepSize::Relative(1.0 / 30.0), ..Pgd::default() };
        assert_eq!(found(Pgd { steps: 60, ..random }.into(), threat), None);
        let short = found(random.into(), threat).unwrap();
        assert!(short.why.starts_with("pgd: ") && (short.value.unwrap() - 2.0 / 3.0).abs() < 1e-5, "{short}");
        assert_eq!(found(Pgd { start: Start::Clean, ..random }.into(), threat), None);
    }
    let madry = found(Pgd::madry_mnist().into(), Threat::linf(0.3).unwrap()).unwrap().why;
    assert!(
        madry.contains(" 0.4 long") && madry.contains(" 0.6 on") && madry.contains("more steps"),
        "{madry}"
    );
}

#[test]
fn numbers_that_are_none_are_seen() {
    let r = look(Fault::NanGradient).unwrap();
    let found = row(&r, "nan_gradient");
    assert!(found.raised && found.value > Some(0.0) && found.why.contains(" 0 proposals"), "{found}");
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
        (gap, row(&r, "one_step_stronger").clone())
    };
    let (gap, told) = beaten(lazy);
    assert!(gap > 1.0, "{gap}");
    assert!(told.raised && told.value == Some(gap / 200.0), "{told}");
    assert!(
        told.why.starts_with(&format!("pgd: fgsm, a cheaper attack, fooled the model on {gap} more")),
        "{told}"
    );
    let (_, told) = beaten(Pgd::default());
    assert!(!told.raised && told.value == Some(0.0), "{told}");
}

#[test]
fn a_dlr_that_is_not_defined_is_named_where_an_attack_climbs_it() {
    let of = |classes, attack: &str| {
        let p = Points::new(30, 12, 2);
        let model = Linear::random(classes, 12, Bounds::UNIT, 1);
        let y = own_labels(&model, p.batch());
        let suite: [AnyAttack; 1] = [attack.parse().unwrap()];
        let r = evaluate(&model, p.batch(), &y, &suite, &Threat::linf(0.05).unwrap(), Key::new(3)).unwrap();
        row(&r, "dlr_undefined").clone()
    };
    for (classes, attack, want) in [
        (2, "pgd", false),
        (2, "pgd(loss=dlr)", true),
        (3, "pgd(loss=dlr)", false),
        (3, "apgd-t(steps=3)", true),
        (4, "apgd-t(steps=3)", false),
    ] {
        let found = of(classes, attack);
        assert_eq!(found.raised, want, "{classes} {attack}: {found}");
        assert!(found.value.is_some());
    }
}

#[test]
fn a_doubt_of_one_budget_is_a_doubt_of_all() {
    let row = |raised, value: Option<f64>, why: &str| {
        vec![Finding { id: FindingId::ZeroGradient, raised, value, why: why.into() }]
    };
    let merged = |reports: &[(f32, Vec<Finding>)]| {
        merged_findings(reports.iter().map(|(eps, rows)| (*eps, &rows[..]))).remove(0)
    };
    let (none, low, high) =
        (row(false, None, "not"), row(false, Some(0.1), "low"), row(true, Some(0.5), "high"));
    assert_eq!(merged(&[(0.1, low.clone()), (0.2, low.clone())]), low[0]);
    assert_eq!(merged(&[(0.1, none.clone()), (0.2, low.clone())]), low[0]);
    assert_eq!(merged(&[(0.1, low.clone()), (0.2, none)]), low[0]);
    let both = merged(&[(0.1, high.clone()), (0.2, low)]);
    assert_eq!((both.raised, both.value, both.why.as_str()), (true, Some(0.5), "eps 0.1: high"));
    assert_eq!(merged(&[(0.1, high.clone()), (0.2, high.clone())]), high[0]);
}
