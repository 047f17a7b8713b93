//! Nets that were really trained raise no check.

use sparring_attacks::{Diagnosis, Report, Threat, diagnose, evaluate, suites};
use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;
use sparring_train::{AnyDefense, Recipe, defenses, fit};

fn diagnosed<M: Differentiable + Sync>(model: &M, eps: f32) -> Report {
    let test = Mnist::embedded().test.first(100).all();
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let (threat, key) = (Threat::linf(eps).unwrap(), Key::new(7));
    let mut r = evaluate(model, x, &test.labels, &suites::quick(), &threat, key).unwrap();
    diagnose(model, x, &test.labels, &mut r, key, &Diagnosis::default()).unwrap();
    r
}

fn trained(defense: AnyDefense) -> ClassifierNet {
    let mut net = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let recipe = Recipe { epochs: 2, defense, ..Recipe::default() };
    fit(&mut net, &Mnist::embedded().train, &recipe).unwrap();
    net
}

fn raised(r: &Report) -> Vec<&'static str> {
    assert_eq!(r.findings.iter().filter(|f| f.value.is_none()).count(), 0, "{:?}", r.findings);
    r.raised().map(|f| f.id.name()).collect()
}

#[test]
fn a_plain_net_and_one_hardened_for_the_budget_raise_nothing() {
    let hardened =
        defenses::PgdTraining { eps: 0.1, steps: 3, step_size: 0.08, warm_up: 0.0, ..Default::default() };
    for (defense, least) in [(AnyDefense::default(), 0.0), (hardened.into(), 0.5)] {
        let net = trained(defense);
        let r = diagnosed(&net.victim(), 0.1);
        assert_eq!(raised(&r), [""; 0], "{r}");
        assert!(r.robust_accuracy >= least && r.robust_accuracy < r.clean, "{r}");
    }
}
