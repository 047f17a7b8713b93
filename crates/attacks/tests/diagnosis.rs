//! The checks with runs of their own: each planted decoy raises its own, and sound models raise none.

use crate::models::{Decoy, Fault, Mlp, Points, Spoilt, Trick, Valley, own_labels, raised, row};
use sparring_attacks::{
    AnyAttack, AttackError, Diagnosis, EvaluateOptions, Report, Threat, diagnose, evaluate, evaluate_with,
    suites,
};
use sparring_oracle::{Batch, Bounds, Differentiable};
use sparring_seed::Key;

const EPS: f32 = 0.05;

fn diagnosed_at<M: Differentiable + Sync>(
    model: &M,
    p: &Points,
    y: &[usize],
    threat: Threat,
    how: &Diagnosis,
) -> Report {
    let key = Key::new(3);
    let mut r = evaluate(model, p.batch(), y, &suites::quick(), &threat, key).unwrap();
    diagnose(model, p.batch(), y, &mut r, key, how).unwrap();
    r
}

fn diagnosed<M: Differentiable + Sync>(model: &M, p: &Points) -> Report {
    let y = own_labels(model, p.batch());
    diagnosed_at(model, p, &y, Threat::linf(EPS).unwrap(), &Diagnosis::default())
}

fn of(trick: Trick) -> Report {
    diagnosed(&Decoy::new(trick), &Points::new(80, 12, 2))
}

fn spoilt(fault: Fault) -> Report {
    diagnosed(&Spoilt::new(Mlp::random(12, 32, 3, 1), fault), &Points::new(80, 12, 2))
}

#[test]
fn a_sound_model_raises_nothing_in_any_norm() {
    let p = Points::new(80, 12, 2);
    for seed in [1, 2, 3] {
        let model = Mlp::random(12, 32, 3, seed);
        let y = own_labels(&model, p.batch());
        for threat in [Threat::linf(0.05), Threat::linf(0.1), Threat::l2(0.2)] {
            let r = diagnosed_at(&model, &p, &y, threat.unwrap(), &Diagnosis::default());
            assert_eq!(raised(&r), [""; 0], "{seed}: {r}");
            assert!(r.robust_accuracy > 0.1 && r.robust_accuracy < 0.9, "{r}");
            assert_eq!(r.findings.iter().filter(|f| f.value.is_none()).count(), 0, "{:?}", r.findings);
        }
    }
    assert_eq!(raised(&of(Trick::None)), [""; 0]);
}

#[test]
fn each_decoy_raises_its_own() {
    let mut missed = Vec::new();
    for (report, ids) in [
        (spoilt(Fault::Softmax), &["probabilities"][..]),
        (spoilt(Fault::Noisy), &["random_output"]),
        (spoilt(Fault::NanGradient), &["nan_gradient"]),
        (
            spoilt(Fault::RoundedInput),
            &["zero_gradient", "gradient_mismatch", "black_box_stronger", "survives_huge_eps"],
        ),
        (spoilt(Fault::Scaled(1e6)), &["tiny_gradient"]),
        (spoilt(Fault::Scaled(1e-6)), &["tiny_gradient"]),
        (of(Trick::KWta), &["gradient_mismatch"]),
        (of(Trick::Steep(1000.0)), &["zero_gradient", "gradient_mismatch"]),
        (of(Trick::Quantised), &["gradient_mismatch"]),
        (of(Trick::Ripples), &["gradient_mismatch", "black_box_stronger", "restarts_not_converged"]),
        (of(Trick::Mixed), &["batch_dependent"]),
    ] {
        let raised = raised(&report);
        missed.extend(
            ids.iter()
                .filter(|id| !raised.contains(id))
                .map(|id| format!("{id} is not among {raised:?}: {report}")),
        );
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn one_decoy_does_not_raise_the_other_checks() {
    assert_eq!(raised(&spoilt(Fault::Scaled(1e6))), ["tiny_gradient"]);
    assert_eq!(raised(&spoilt(Fault::Scaled(1e-6))), ["tiny_gradient"]);
    let noisy = spoilt(Fault::Noisy);
    assert!(row(&noisy, "batch_dependent").why.contains("random"), "{noisy}");
}

#[test]
fn inputs_in_other_units_are_seen() {
    let mut p = Points::new(80, 12, 2);
    let bytes = Decoy { bounds: Bounds::new(0.0, 255.0).unwrap(), ..Decoy::new(Trick::Bytes) };
    let unit = p.data.clone();
    p.data.iter_mut().for_each(|v| *v *= 255.0);
    let r = diagnosed(&bytes, &p);
    assert!(row(&r, "units").raised && row(&r, "units").value > Some(200.0), "{r}");
    // Labels of the inputs times 255, which the net was made for, and inputs in [0, 1].
    let y = own_labels(&bytes, p.batch());
    p.data = unit;
    let threat = Threat::linf(EPS).unwrap();
    let r = diagnosed_at(&Decoy::new(Trick::Bytes), &p, &y, threat, &Diagnosis::default());
    let units = row(&r, "units");
    assert!(units.raised && units.value > Some(0.2) && units.why.contains("times 255"), "{units}");
    // Divided by 255 once more.
    p.data.iter_mut().for_each(|v| *v /= 255.0);
    let r = diagnosed(&Decoy::new(Trick::None), &p);
    assert!(row(&r, "units").raised, "{r}");
}

#[test]
fn larger_budgets_that_fool_less_are_seen() {
    let mut p = Points::new(64, 2, 2);
    // A walk from anywhere in a ball of 0.1 comes to the valley; of a larger ball some starts lie where all is flat.
    p.data.iter_mut().for_each(|v| *v = 0.49);
    let r = diagnosed_at(&Valley, &p, &[0; 64], Threat::linf(0.1).unwrap(), &Diagnosis::default());
    for id in ["not_monotone", "survives_huge_eps"] {
        assert!(row(&r, id).raised && row(&r, id).value > Some(0.1), "{}", row(&r, id));
    }
}

#[test]
fn the_attack_that_is_doubted_is_the_one_given() {
    let (model, p) = (Mlp::random(12, 32, 3, 1), Points::new(80, 12, 2));
    let y = own_labels(&model, p.batch());
    let of = |attack: &str| {
        let how = Diagnosis { attack: attack.parse().unwrap(), ..Diagnosis::default() };
        diagnosed_at(&model, &p, &y, Threat::linf(EPS).unwrap(), &how)
    };
    // Steps that stay where they begin: twice as many do as little, one step of FGSM and noise do more.
    let lazy = of("pgd(steps=2, step_size=0.0001)");
    assert!(row(&lazy, "one_step_stronger").raised, "{lazy}");
    let slow = of("pgd(steps=8, step_size=0.004)");
    assert!(
        row(&slow, "pgd_not_converged").raised && row(&slow, "restarts_not_converged").value.is_some(),
        "{slow}"
    );
    let bim = of("bim");
    assert!(row(&bim, "restarts_not_converged").why.contains("not examined: bim has no restarts"), "{bim}");
}

#[test]
fn the_edges_of_a_diagnosis() {
    let (model, p) = (Mlp::random(12, 32, 3, 1), Points::new(9, 12, 2));
    let y = own_labels(&model, p.batch());
    let wrong: Vec<usize> = y.iter().map(|y| (y + 1) % 3).collect();
    let threat = Threat::linf(EPS).unwrap();
    let none = diagnosed_at(&model, &p, &wrong, threat, &Diagnosis::default());
    assert!(row(&none, "not_monotone").why.contains("no example is right") && raised(&none).is_empty());
    for (n, eps) in [(1, EPS), (9, 0.0), (9, 1.0)] {
        let (batch, key) = (p.batch().slice(0..n), Key::new(3));
        let threat = Threat::linf(eps).unwrap();
        let mut r = evaluate(&model, batch, &y[..n], &suites::quick(), &threat, key).unwrap();
        diagnose(&model, batch, &y[..n], &mut r, key, &Diagnosis::default()).unwrap();
        assert_eq!(raised(&r), [""; 0], "{n} {eps}");
    }
    let l0 = Threat::l0(2.0).unwrap();
    let noise: [AnyAttack; 1] = ["noise".parse().unwrap()];
    let mut r = evaluate(&model, p.batch(), &y, &noise, &l0, Key::new(3)).unwrap();
    diagnose(&model, p.batch(), &y, &mut r, Key::new(3), &Diagnosis::default()).unwrap();
    assert!(row(&r, "gradient_mismatch").value.is_some());
    // Whatever is refused is refused by name.
    for how in
        [Diagnosis { examples: 0, ..Diagnosis::default() }, Diagnosis { batch: 0, ..Diagnosis::default() }]
    {
        let told = diagnose(&model, p.batch(), &y, &mut r, Key::new(3), &how).unwrap_err().to_string();
        assert!(told.contains("diagnose: ") && told.contains("at least 1"), "{told}");
    }
    let other = Batch::new(&p.data[..12], p.shape, &p.ids[..1]).unwrap();
    let told = diagnose(&model, other, &y[..1], &mut r, Key::new(3), &Diagnosis::default());
    assert!(matches!(told, Err(AttackError::Length { .. })));
}

#[test]
fn neither_threads_nor_batches_change_a_diagnosis() {
    let (model, p) = (Decoy::new(Trick::KWta), Points::new(80, 12, 2));
    let y = own_labels(&model, p.batch());
    let run = |threads: usize, batch| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let options = EvaluateOptions { batch, ..EvaluateOptions::default() };
            let (threat, key) = (Threat::linf(EPS).unwrap(), Key::new(3));
            let suite = suites::quick();
            let mut r =
                evaluate_with(&model, p.batch(), &y, &suite, &threat, key, &options, &|_| ()).unwrap();
            diagnose(&model, p.batch(), &y, &mut r, key, &Diagnosis { batch, ..Diagnosis::default() })
                .unwrap();
            r.findings
        })
    };
    let one = run(1, 1);
    for (threads, batch) in [(1, 1000), (2, 7), (5, 32)] {
        assert_eq!(run(threads, batch), one);
    }
}
