//! The range test of learning rates leaves a model as it was, and suggests a rate that learns.

use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_optim::AnyRule;
use sparring_seed::Key;
use sparring_train::{LrFind, Recipe, accuracy, fit, lr_find};

#[test]
fn the_rate_found_learns_and_the_weights_are_put_back() {
    let data = Mnist::embedded();
    let (train, test) = (data.train.first(4000), data.test.first(1000));
    for rule in ["sgd", "adam", "rmsprop", "lion"] {
        let rule: AnyRule = rule.parse().unwrap();
        let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(3)).unwrap();
        let weights = |m: &ClassifierNet| {
            m.net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).collect::<Vec<_>>()
        };
        let before = weights(&model);
        let recipe = Recipe { rule, batch: 40, ..Recipe::default() };
        let found = lr_find(&mut model, &train, &recipe, &LrFind::default()).unwrap();
        assert_eq!(weights(&model), before);
        // An epoch of 100 steps, or less of it; rates grow by one factor.
        assert!(found.steps.len() <= 100 && (found.diverged || found.steps.len() == 100));
        let factors = found.steps.windows(2).map(|w| w[1].lr / w[0].lr);
        assert!(factors.clone().all(|f| (f / 10f64.powf(7.0 / 100.0) - 1.0).abs() < 1e-9), "{rule}");
        let lr = found.suggestion.unwrap();
        fit(&mut model, &train, &Recipe { lr, epochs: 2, ..recipe }).unwrap();
        let reached = accuracy(&model, &test).unwrap();
        assert!(reached > 0.7, "{rule} at {lr}: {reached}");
    }
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let usual = LrFind::default;
    for (find, why) in [
        (LrFind { lowest: 0.0, ..usual() }, "lowest is 0"),
        (LrFind { highest: 1e-7, ..usual() }, "highest is 1e-7"),
        (LrFind { steps: 0, ..usual() }, "steps is 0"),
        (LrFind { memory: 1.0, ..usual() }, "memory is 1"),
        (LrFind { diverged: 1.0, ..usual() }, "diverged is 1"),
    ] {
        let told = find.validate().unwrap_err().to_string();
        assert!(told.starts_with(why), "{told}");
    }
}
