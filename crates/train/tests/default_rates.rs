//! The default rate of every rule learns.

use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_optim::AnyRule;
use sparring_seed::Key;
use sparring_train::{Recipe, accuracy, fit};

#[test]
fn every_rule_learns_at_its_default_rate() {
    let data = Mnist::embedded();
    let (train, test) = (data.train.first(6000), data.test.first(1000));
    let heavy = ["sgd(momentum=0.9)", "sgd(momentum=0.9, nesterov=true)"].map(|text| text.parse().unwrap());
    for rule in AnyRule::all().into_iter().chain(heavy) {
        let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(3)).unwrap();
        let recipe = Recipe { rule, lr: rule.default_lr(), epochs: 4, ..Recipe::default() };
        fit(&mut model, &train, &recipe).unwrap();
        let reached = accuracy(&model, &test).unwrap();
        assert!(reached > 0.8, "{rule} at {}: {reached}", recipe.lr);
    }
}
