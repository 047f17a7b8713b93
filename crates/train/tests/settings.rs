//! What recipes may ask for: every rule with what transformations keep, and each setting of a GAN.

use sparring_datasets::{Mnist, Split};
use sparring_models::{ArticleGan, ClassifierNet, Gan, Mlp};
use sparring_nn::Network;
use sparring_optim::{Adam, AnyRule, Ema};
use sparring_seed::Key;
use sparring_train::{Current, GanRecipe, Quiet, Recipe, fit, fit_gan, session};

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn bits(net: &Network<f32>) -> Vec<u32> {
    let all = net.params.iter().flat_map(|p| p.value.as_slice().to_vec());
    all.map(f32::to_bits).collect()
}

fn classifier(seed: u64) -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(seed)).unwrap()
}

fn gan_recipe() -> GanRecipe {
    GanRecipe { epochs: 2, batch: 20, ..GanRecipe::default() }
}

#[test]
fn every_rule_goes_on_with_what_transformations_keep() {
    let data = digits(110);
    let chain = ["agc(clipping=0.1)", "lookahead(k=3)", "max-norm"].map(|t| t.parse().unwrap()).to_vec();
    for (i, rule) in AnyRule::all().into_iter().enumerate() {
        let transforms = if i % 2 == 0 { chain.clone() } else { vec!["lookahead(k=2)".parse().unwrap()] };
        let recipe =
            Recipe { rule, lr: rule.default_lr(), epochs: 1, batch: 32, transforms, ..Recipe::default() };
        let (mut whole, mut half, mut other) = (classifier(3), classifier(3), classifier(4));
        fit(&mut whole, &data, &recipe).unwrap();
        let mut training = session(&mut half, &data, &recipe).unwrap();
        (0..2).for_each(|_| assert!(training.step().unwrap().is_some()));
        let state = training.state();
        let mut training = session(&mut other, &data, &recipe).unwrap();
        training.restore(&state).unwrap();
        while training.step().unwrap().is_some() {}
        training.learner.current();
        assert!(bits(&other.net) == bits(&whole.net), "{rule}");
    }
}

#[test]
fn every_setting_of_a_gan_acts_where_it_should() {
    let data = digits(88);
    let trained = |recipe: GanRecipe| {
        let mut model = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(3)).unwrap();
        fit_gan(&mut model, &data, &recipe, &mut Quiet).unwrap();
        [bits(&model.generator), bits(&model.discriminator)]
    };
    let plain = trained(gan_recipe());
    // An average is of the generator that is kept, not of the one that trains the discriminator.
    let [generator, discriminator] = trained(GanRecipe { ema: Some(Ema::default()), ..gan_recipe() });
    assert!(generator != plain[0] && discriminator == plain[1]);
    // What is given as the discriminator's own is no different from what both have.
    let own = GanRecipe { d_rule: Some(Adam::gan().into()), d_lr: Some(gan_recipe().lr), ..gan_recipe() };
    assert_eq!(trained(own), plain);
    // What changes one network reaches the other a step later.
    for recipe in [
        GanRecipe { d_lr: Some(1e-3), ..gan_recipe() },
        GanRecipe { d_rule: Some(AnyRule::default()), ..gan_recipe() },
        GanRecipe { schedule: "cosine".parse().unwrap(), ..gan_recipe() },
        GanRecipe { transforms: vec!["clip-norm(max=0.01)".parse().unwrap()], ..gan_recipe() },
        GanRecipe { groups: vec!["bias(lr=0)".parse().unwrap()], ..gan_recipe() },
    ] {
        let found = trained(recipe.clone());
        assert!(found[0] != plain[0] && found[1] != plain[1], "{recipe:?}");
    }
}
