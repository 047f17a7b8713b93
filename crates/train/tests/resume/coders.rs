//! Autoencoders with a law or a table of codes, and generators of perturbations.

use super::{IMAGES, digits, epochs, part, resumes, with};
use sparring_attacks::Threat;
use sparring_models::{AdvGanNets, ClassifierNet, ConvVqVae, Mlp, MlpVae, Vae, VqVae};
use sparring_optim::ClipNorm;
use sparring_seed::Key;
use sparring_train::{
    AdvGan, AdvGanRecipe, VaeRecipe, VqVaeRecipe, adv_gan_session, vae_session, vq_vae_session,
};

#[test]
fn variational_autoencoders() {
    let data = digits(IMAGES);
    let (schedule, groups) = ("cosine(warmup=0.2)".parse().unwrap(), vec!["bias(lr=2)".parse().unwrap()]);
    let usual = VaeRecipe { epochs: epochs(), batch: 32, ..VaeRecipe::default() };
    let other = VaeRecipe {
        rule: "sgd(momentum=0.9)".parse().unwrap(),
        lr: 1e-3,
        transforms: vec![ClipNorm { max: 0.5 }.into()],
        beta: 2.0,
        warm_up: 0.7,
        free_bits: 0.05,
        schedule,
        groups,
        ..usual.clone()
    };
    for (what, recipe) in [("vae", usual), ("vae with everything", other)] {
        resumes(what, |seed, path, how, n| {
            let spec = MlpVae { hidden: 32, latent: 4, ..MlpVae::default() }.spec();
            let mut model = Vae::new(spec, Key::new(seed)).unwrap();
            let session = vae_session(&mut model, &data, &recipe).unwrap();
            with(how, n, |observer| part(session, path, observer));
        });
    }
}

#[test]
fn autoencoders_with_a_codebook() {
    let data = digits(IMAGES);
    let usual = VqVaeRecipe { epochs: epochs(), batch: 32, ..VqVaeRecipe::default() };
    // Averages that forget at once, so that vectors are often put at other encodings.
    let other = VqVaeRecipe {
        rule: "sgd(momentum=0.9)".parse().unwrap(),
        lr: 1e-2,
        transforms: vec![ClipNorm { max: 0.5 }.into()],
        commitment: 1.0,
        decay: 0.3,
        restart: 0.4,
        schedule: "cosine(warmup=0.2)".parse().unwrap(),
        ..usual.clone()
    };
    for (what, recipe) in [("vq-vae", usual), ("vq-vae with everything", other)] {
        resumes(what, |seed, path, how, n| {
            let spec = ConvVqVae { entries: 16, dim: 4, ..ConvVqVae::default() }.spec();
            let mut model = VqVae::new(spec, Key::new(seed)).unwrap();
            let session = vq_vae_session(&mut model, &data, &recipe).unwrap();
            with(how, n, |observer| part(session, path, observer));
        });
    }
}

#[test]
fn generators_of_perturbations() {
    let data = digits(IMAGES);
    let target = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let usual = AdvGanRecipe { epochs: epochs(), batch: 32, ..AdvGanRecipe::default() };
    let other = AdvGanRecipe {
        rule: "sgd(momentum=0.9)".parse().unwrap(),
        lr: 1e-2,
        transforms: vec![ClipNorm { max: 0.5 }.into()],
        groups: vec!["bias(lr=2)".parse().unwrap()],
        loss: "relativistic".parse().unwrap(),
        towards: Some(3),
        bound: Some(0.5),
        ..usual.clone()
    };
    for (what, recipe) in [("advgan", usual), ("advgan with everything", other)] {
        resumes(what, |seed, path, how, n| {
            let spec = AdvGanNets { width: 2, blocks: 1, ..AdvGanNets::default() }.spec();
            let mut model = AdvGan::new(spec, Threat::linf(0.3).unwrap(), Key::new(seed)).unwrap();
            let victim = target.victim();
            let session = adv_gan_session(&mut model, &victim, &data, &recipe).unwrap();
            with(how, n, |observer| part(session, path, observer));
        });
    }
}
