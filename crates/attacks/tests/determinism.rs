//! The same key gives the same bits, however the batch is cut and however many threads there are.

use crate::models::{Mlp, Points, all_attacks, budgets, own_labels};
use sparring_attacks::{
    AnyAttack, AnyNorm, Attack, EvaluateOptions, Goal, KeepExamples, Pgd, Threat, evaluate_with,
    perturb_chunked,
};
use sparring_seed::Key;

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// Attacks that draw nothing.
const WITHOUT_KEY: [&str; 16] = [
    "fgsm",
    "bim",
    "fab",
    "fab-t",
    "deepfool",
    "ddn",
    "fmn",
    "cw",
    "cw-linf",
    "ead",
    "sigma-zero",
    "pdpgd",
    "mi-fgsm",
    "ni-fgsm",
    "spatial",
    "jsma",
];

fn threats() -> [Threat; 4] {
    [(AnyNorm::Linf, 0.1), (AnyNorm::L2, 0.3), (AnyNorm::L1, 0.8), (AnyNorm::L0, 3.0)]
        .map(|(norm, eps)| Threat { norm, eps })
}

#[test]
fn proposals() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(150, 12, 2);
    let y = own_labels(&model, p.batch());
    let mut all = all_attacks();
    all.push(Pgd { restarts: 3, ..Pgd::default() }.into());
    let more = ["mi-fgsm(stop=when_fooled)", "pgd(eot=2)", "apgd-t(order=malt, steps=20)"];
    all.extend(more.map(|name| name.parse::<AnyAttack>().unwrap()));
    for attack in all {
        for threat in budgets(attack.info(), &threats()).into_iter().take(2) {
            let mut whole = vec![0.0; p.data.len()];
            attack
                .perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(5), &mut whole)
                .unwrap();
            for (threads, chunk) in [(1, 1), (2, 32), (7, 32), (7, 1000), (2, 1)] {
                let mut out = vec![0.0; p.data.len()];
                pool(threads).install(|| {
                    let goal = Goal::Untargeted(&y);
                    perturb_chunked(&attack, &model, p.batch(), goal, &threat, Key::new(5), &mut out, chunk)
                        .unwrap();
                });
                assert!(
                    out.iter().zip(&whole).all(|(a, b)| a.to_bits() == b.to_bits()),
                    "{attack} {threads} {chunk}"
                );
            }
            let mut other = vec![0.0; p.data.len()];
            attack
                .perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(6), &mut other)
                .unwrap();
            assert_eq!(
                other == whole,
                WITHOUT_KEY.contains(&attack.info().name),
                "{attack}: the key must matter"
            );
        }
    }
}

#[test]
fn reports() {
    let model = Mlp::random(12, 16, 3, 3);
    let p = Points::new(150, 12, 4);
    let mut y = own_labels(&model, p.batch());
    y[0] = (y[0] + 1) % 3;
    let report = |threads, batch| {
        let options =
            EvaluateOptions { batch, keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
        let threat = Threat::linf(0.1).unwrap();
        let mut r = pool(threads)
            .install(|| {
                evaluate_with(&model, p.batch(), &y, &look(), &threat, Key::new(5), &options, &|_| ())
            })
            .unwrap();
        r.attacks.iter_mut().for_each(|a| a.seconds = 0.0);
        r
    };
    let one = report(1, 1);
    for (threads, batch) in [(1, 1000), (2, 32), (7, 32)] {
        assert_eq!(report(threads, batch), one);
    }
}

#[test]
fn an_example_keeps_its_numbers_in_another_company() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(20, 12, 2);
    let y = own_labels(&model, p.batch());
    let (threat, key) = (Threat::linf(0.1).unwrap(), Key::new(5));
    let run = |range: std::ops::Range<usize>| {
        let x = p.batch().slice(range.clone());
        let mut out = vec![0.0; x.data().len()];
        let goal = Goal::Untargeted(&y).slice(range);
        Pgd { restarts: 2, ..Pgd::default() }.perturb(&model, x, goal, &threat, key, &mut out).unwrap();
        out
    };
    assert_eq!(run(0..20)[5 * 12..8 * 12], run(5..8));
}

/// Noise, one step and many.
fn look() -> Vec<AnyAttack> {
    ["noise", "fgsm", "pgd(steps=100, restarts=5)"].map(|name| name.parse().unwrap()).to_vec()
}
