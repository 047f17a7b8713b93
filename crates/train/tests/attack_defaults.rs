//! No attack with its defaults is beaten by a cheaper one: the small version of `cargo xtask attack-defaults`.

use sparring_attacks::{AnyAttack, AnyNorm, Bim, Fgsm, Pgd, StepSize, Threat, evaluate};
use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_train::{AnyDefense, Recipe, defenses, fit};

/// Images attacked; one in 200 is borne.
const N: usize = 400;

fn check(name: &str, defense: impl Into<AnyDefense>) {
    let defense = defense.into();
    let mut net = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let recipe = Recipe { epochs: 2, defense, ..Recipe::default() };
    fit(&mut net, &Mnist::embedded().train, &recipe).unwrap();
    let test = Mnist::embedded().test.first(N).all();
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let (mut open, mut least) = (0, N);
    for (norm, budgets) in [(AnyNorm::Linf, [0.05, 0.1, 0.2]), (AnyNorm::L2, [0.5, 1.0, 2.0])] {
        for eps in budgets {
            let twice = StepSize::Total(2.0 * norm.get().walk());
            let long = Pgd { step_size: twice, ..Pgd::default() };
            let suite: [AnyAttack; 4] =
                [Pgd::default().into(), Fgsm::default().into(), Bim::default().into(), long.into()];
            let threat = Threat { norm, eps };
            let r = evaluate(&net.victim(), x, &test.labels, &suite, &threat, Key::new(7)).unwrap();
            assert_eq!(r.raised().map(|f| f.id.name()).collect::<Vec<_>>(), [""; 0]);
            let right: Vec<usize> =
                r.attacks.iter().map(|a| (a.accuracy * N as f64).round() as usize).collect();
            let best = right[1..].iter().min().unwrap();
            assert!(right[0] <= best + N / 200, "{name}, {threat}: {right:?}");
            // A net that none or all attacks break says nothing.
            open += usize::from(right[0] > N / 50 && right[1] > right[0]);
            least = least.min(right[0]);
        }
    }
    assert!(open >= 2 && least < N / 2, "{name}: {open} budgets between all and nothing, {least} at least");
}

#[test]
fn on_a_plain_net() {
    check("plain", AnyDefense::default());
}

#[test]
fn on_a_hardened_net() {
    check(
        "hardened",
        defenses::PgdTraining { eps: 0.1, steps: 3, step_size: 0.08, warm_up: 0.0, ..Default::default() },
    );
}
