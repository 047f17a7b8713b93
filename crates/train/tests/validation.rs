//! A validation part, and what its figures decide: the learning rate, the end of a training, the weights that are kept.

use sparring_attacks::{Pgd, Threat, evaluate};
use sparring_datasets::{Mnist, Split};
use sparring_models::{ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, Gan, Mlp};
use sparring_nn::Network;
use sparring_optim::{AnySchedule, Better, Ema};
use sparring_oracle::{Batch, Classifier as _};
use sparring_seed::Key;
use sparring_train::{
    Current, Epoch, Flow, GanRecipe, Kept, Monitor, Observer, Quiet, Recipe, Selection, TrainError,
    Validated, Validation, ValidationAttack, autoencoder_session, fit, gan_session, reconstruction_mse,
    session,
};

fn classifier() -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap()
}

fn parts() -> (Split, Split) {
    Mnist::embedded().train.first(300).holdout(100, Key::new(1))
}

fn bits(net: &Network<f32>) -> Vec<u32> {
    net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).map(f32::to_bits).collect()
}

fn attack() -> ValidationAttack {
    let attack = Pgd { steps: 3, ..Pgd::default() }.into();
    ValidationAttack { attack, threat: Threat::linf(0.1).unwrap(), examples: 30 }
}

/// Reports and weights after each epoch.
#[derive(Default)]
struct Seen(Vec<(Epoch, ClassifierNet)>);
impl Observer<ClassifierNet> for Seen {
    fn epoch(&mut self, epoch: &Epoch, model: &ClassifierNet) -> Result<Flow, TrainError> {
        let mut copy = classifier();
        let params = copy.net.params.iter_mut().zip(&model.net.params);
        params.for_each(|(to, from)| to.value = from.value.clone());
        self.0.push((*epoch, copy));
        Ok(Flow::Continue)
    }
}

/// Trains with a validation part under attack.
fn trained(recipe: &Recipe) -> (ClassifierNet, Seen, Option<u64>) {
    let ((train, split), mut model, mut seen) = (parts(), classifier(), Seen::default());
    let validation = Validation { split, attack: Some(attack()) };
    let mut training = session(&mut model, &train, recipe).unwrap().validating(validation).unwrap();
    training.run(&mut seen).unwrap();
    let best = training.progress().best.map(|best| best.epoch);
    // Whoever looks at the model afterwards finds what was kept.
    training.learner.current();
    (model, seen, best)
}

#[test]
fn figures_are_those_of_a_plain_loop() {
    let recipe = Recipe { epochs: 2, average: Some(Ema { half_life: 0.2 }.into()), ..Recipe::default() };
    let (model, seen, best) = trained(&recipe);
    assert_eq!((seen.0.len(), best), (2, None));
    let held = parts().1;
    for (epoch, model) in &seen.0 {
        let (mut loss, mut right) = (0.0, 0);
        for i in 0..held.len() {
            let (x, mut z) = (held.row(i), vec![0.0; 10]);
            model.victim().logits(Batch::new(&x, held.shape(), &[0]).unwrap(), &mut z).unwrap();
            let sum: f64 = z.iter().map(|&z| f64::from(z).exp()).sum();
            loss += sum.ln() - f64::from(z[held.label(i)]);
            right += usize::from((0..10).all(|c| z[c] <= z[held.label(i)]));
        }
        let Validated { loss: got, accuracy, robust_accuracy } = epoch.validation.unwrap();
        assert!((got - loss / 100.0).abs() < 1e-5, "{got}");
        assert_eq!(accuracy, Some(right as f64 / 100.0));
        let all = held.first(30).all();
        let (x, key) = (Batch::new(&all.x, all.shape, &all.ids).unwrap(), Key::new(1).named("validation"));
        let suite = [attack().attack];
        let report = evaluate(&model.victim(), x, &all.labels, &suite, &attack().threat, key).unwrap();
        assert_eq!(robust_accuracy, Some(report.robust_accuracy));
    }
    assert_eq!(bits(&model.net), bits(&seen.0[1].1.net));
    // Who is judged learns the same.
    let mut alone = classifier();
    fit(&mut alone, &parts().0, &recipe).unwrap();
    assert_eq!(bits(&model.net), bits(&alone.net));
}

#[test]
fn an_autoencoder_is_judged_by_its_error() {
    let ((train, held), (spec, encoder)) = (parts(), ArticleAutoencoder::default().spec());
    let mut model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    let recipe = Recipe { epochs: 2, ..Recipe::default() };
    let training = autoencoder_session(&mut model, &train, &recipe).unwrap();
    let done = training.validating(Validation::of(held.clone())).unwrap().run(&mut Quiet).unwrap();
    let found = done.epochs[1].validation.unwrap();
    assert_eq!((found.loss, found.accuracy), (reconstruction_mse(&model, &held).unwrap(), None));
}

#[test]
fn the_best_weights_are_kept() {
    for (monitor, lr) in [
        (Monitor::ValidationLoss, 0.02),
        (Monitor::ValidationRobustAccuracy, 0.01),
        (Monitor::TrainLoss, 0.2),
    ] {
        let selection = Selection { monitor: Some(monitor), kept: Kept::Best, ..Selection::default() };
        let (model, seen, best) =
            trained(&Recipe { epochs: 6, batch: 32, lr, selection, ..Recipe::default() });
        let figure = |e: &Epoch| match monitor {
            Monitor::TrainLoss => -e.train_loss,
            Monitor::ValidationLoss => -e.validation.unwrap().loss,
            _ => e.validation.unwrap().robust_accuracy.unwrap(),
        };
        assert_eq!(seen.0.len(), 6);
        let mut want = &seen.0[0];
        for one in &seen.0 {
            if figure(&one.0) > figure(&want.0) {
                want = one;
            }
            assert_eq!(one.0.best_epoch, Some(want.0.epoch), "{monitor}");
        }
        assert_eq!(best, Some(want.0.epoch as u64));
        assert_eq!(bits(&model.net), bits(&want.1.net), "{monitor}");
    }
    // The last of them is not the last of all.
    let selection = Selection { kept: Kept::Best, ..Selection::default() };
    let (.., best) = trained(&Recipe { epochs: 8, batch: 32, lr: 0.02, selection, ..Recipe::default() });
    assert!(best.unwrap() < 8);
}

#[test]
fn a_training_ends_once_it_no_longer_improves() {
    for patience in [1, 3] {
        let selection = Selection { early_stop: Some(patience), ..Selection::default() };
        let recipe = Recipe { epochs: 40, batch: 32, lr: 0.02, selection, ..Recipe::default() };
        let (model, seen, best) = trained(&recipe);
        let losses: Vec<f64> = seen.0.iter().map(|(e, _)| e.validation.unwrap().loss).collect();
        // The first epoch that lies `patience` after the best one up to there.
        let lowest = |n: usize| (0..n).rev().min_by(|&a, &b| losses[a].total_cmp(&losses[b])).unwrap();
        let ends = (1..=losses.len()).find(|&n| (n - 1 - lowest(n)) as u64 == patience);
        assert_eq!(ends, Some(losses.len()), "{losses:?}");
        assert!(losses.len() < 40);
        let kept = lowest(losses.len());
        assert_eq!(best, Some(kept as u64 + 1));
        assert_eq!(bits(&model.net), bits(&seen.0[kept].1.net));
    }
}

#[test]
fn a_plateau_cuts_the_rate_of_the_next_epoch() {
    let schedule: AnySchedule = "plateau(factor=0.5, patience=0, threshold=0.2, cooldown=1)".parse().unwrap();
    let plateau = *schedule.plateau().unwrap();
    let recipe = Recipe { epochs: 9, schedule, lr: 0.01, ..Recipe::default() };
    let (_, seen, _) = trained(&recipe);
    let mut state = plateau.begin(0.01);
    for (epoch, _) in &seen.0 {
        assert_eq!(epoch.lr, state.lr, "{epoch:?}");
        state.observe(&plateau, epoch.validation.unwrap().loss, Better::Lower);
    }
    assert!(state.lr < 0.01);
    // Without a validation part the training loss decides.
    let schedule = "plateau(factor=0.5, patience=0, threshold=0.9)".parse().unwrap();
    let done = fit(&mut classifier(), &parts().0, &Recipe { schedule, ..recipe }).unwrap();
    let halved: Vec<f64> = done.epochs.iter().map(|e| e.lr).collect();
    assert_eq!(halved[..3], [0.01, 0.01, 0.005], "no epoch divides its loss by ten");
}

#[test]
fn figures_that_there_are_not_are_refused() {
    let (train, held) = parts();
    let with = |monitor| Recipe {
        selection: Selection { monitor: Some(monitor), ..Selection::default() },
        ..Recipe::default()
    };
    let mut model = classifier();
    for (monitor, validation) in [
        (Monitor::ValidationLoss, None),
        (Monitor::ValidationAccuracy, None),
        (Monitor::ValidationRobustAccuracy, Some(Validation::of(held.clone()))),
    ] {
        let mut training = session(&mut model, &train, &with(monitor)).unwrap();
        if let Some(validation) = validation {
            training = training.validating(validation).unwrap();
        }
        let e = training.step().unwrap_err().to_string();
        assert!(e.contains(&format!("monitor is {monitor}, but must be a figure that there is")), "{e}");
    }
    let recipe =
        Recipe { selection: Selection { early_stop: Some(0), ..Selection::default() }, ..Recipe::default() };
    assert!(session(&mut model, &train, &recipe).unwrap_err().to_string().contains("early_stop is 0"));
    let moons = sparring_datasets::synthetic::moons(20, 0.1, Key::new(1));
    let none = Validation { split: held.clone(), attack: Some(ValidationAttack { examples: 0, ..attack() }) };
    for (validation, why) in [
        (Validation::of(moons), "the network takes"),
        (Validation::of(held.first(0)), "no training examples"),
        (none, "validation attack is pgd"),
    ] {
        let training = session(&mut model, &train, &Recipe::default()).unwrap();
        let e = training.validating(validation).unwrap_err().to_string();
        assert!(e.contains(why), "{e}");
    }
    let (spec, encoder) = ArticleAutoencoder::default().spec();
    let mut model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    let e = autoencoder_session(&mut model, &train, &with(Monitor::ValidationAccuracy)).unwrap_err();
    assert!(e.to_string().contains("for an autoencoder"), "{e}");
    let mut gan = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(1)).unwrap();
    let recipe = GanRecipe { schedule: "plateau".parse().unwrap(), ..GanRecipe::default() };
    let e = gan_session(&mut gan, &train, &recipe).unwrap_err().to_string();
    assert!(e.contains("schedule is plateau"), "{e}");
    let training = gan_session(&mut gan, &train, &GanRecipe::default()).unwrap();
    let e = training.validating(Validation::of(held)).unwrap_err().to_string();
    assert!(e.contains("is not judged"), "{e}");
}
