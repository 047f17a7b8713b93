//! Trainings by the loops of the authors of defences, against `golden/defenses`.

use safetensors::{Dtype, SafeTensors};
use sparring_datasets::{Batches, Last, Order, Pixels, Split};
use sparring_models::ClassifierNet;
use sparring_nn::{Graph, layers};
use sparring_optim::{AnySchedule, Sgd};
use sparring_seed::Key;
use sparring_train::{
    AnyDisplacement, Asam, Awp, CountedPass, Current, Quiet, Recipe, Sam, defenses, session,
};

struct Golden(Vec<u8>);

impl Golden {
    fn open(name: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/defenses");
        Self(std::fs::read(format!("{folder}/{name}.safetensors")).unwrap())
    }
    fn floats(&self, name: &str) -> Vec<f32> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let view = file.tensor(name).unwrap();
        assert_eq!(view.dtype(), Dtype::F32, "{name}");
        view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    }
    fn labels(&self) -> Vec<u8> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        file.tensor("labels").unwrap().data().chunks_exact(8).map(|b| b[0]).collect()
    }
    /// The examples, so that the first epoch of a training with this seed meets them in the file's order.
    fn split(&self, seed: u64) -> Split {
        let (x, labels) = (self.floats("x"), self.labels());
        let (n, dim) = (labels.len(), x.len() / labels.len());
        let numbered = Split::new(Pixels::F32(vec![0.5; n].into()), [1, 1, 1], vec![0; n]).unwrap();
        let order =
            Batches::new(&numbered, n, Key::new(seed), 1, Order::Shuffled, Last::Keep).next().unwrap();
        let (mut pixels, mut classes) = (vec![0.0; x.len()], vec![0; n]);
        for (i, &id) in order.ids.iter().enumerate() {
            let at = id as usize;
            pixels[at * dim..(at + 1) * dim].copy_from_slice(&x[i * dim..(i + 1) * dim]);
            classes[at] = labels[i];
        }
        Split::new(Pixels::F32(pixels.into()), [1, 2, 4], classes).unwrap()
    }
    fn model(&self) -> ClassifierNet {
        let act = layers::activation(&"relu".parse().unwrap());
        let all = vec![layers::flatten(), layers::linear(8, 6), act, layers::linear(6, 3)];
        let mut model = ClassifierNet::new(Graph::chain([1, 2, 4], all), Key::new(1)).unwrap();
        for p in &mut model.net.params {
            let start = self.floats(&format!("start/{}", p.name()));
            p.value.as_mut_slice().copy_from_slice(&start);
        }
        model
    }
    #[track_caller]
    fn ends(&self, model: &ClassifierNet) {
        for p in &model.net.params {
            near(p.name(), p.value.as_slice(), &self.floats(&format!("end/{}", p.name())));
        }
    }
}

#[track_caller]
fn near(what: &str, got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (a, b) in got.iter().zip(want) {
        assert!((a - b).abs() < 3e-6 * (1.0 + b.abs()), "{what}: {got:?} {want:?}");
    }
}

fn recipe() -> Recipe {
    Recipe {
        epochs: 1,
        batch: 5,
        rule: Sgd::default().into(),
        lr: 0.3,
        schedule: AnySchedule::default(),
        average: None,
        ..Recipe::default()
    }
}

#[test]
fn free_is_the_authors_loop() {
    let golden = Golden::open("free");
    let defense = defenses::FreeTraining { replays: 3, step_size: 0.2, ..Default::default() };
    let recipe = Recipe { defense: defense.into(), ..recipe() };
    let (data, mut model) = (golden.split(recipe.seed), golden.model());
    let mut training = session(&mut model, &data, &recipe).unwrap();
    let mut losses = Vec::new();
    while let Some(step) = training.step().unwrap() {
        losses.push(step.loss as f32);
    }
    let want: Vec<f32> = golden.floats("losses").chunks(3).map(|l| l.iter().sum::<f32>() / 3.0).collect();
    near("losses", &losses, &want);
    let state = training.state().learner;
    assert_eq!(state.networks[0].2.step, 15);
    let [(name, noise)] = &state.arrays[..] else { panic!("{:?}", state.arrays) };
    near(name, noise, &golden.floats("noise"));
    training.learner.current();
    golden.ends(&model);
}

#[test]
fn displaced_steps_are_those_of_the_authors() {
    let all: [(&str, AnyDisplacement); 3] = [
        ("awp", Awp { gamma: 0.1, ..Awp::default() }.into()),
        ("sam", Sam { rho: 0.3 }.into()),
        ("asam", Asam { rho: 0.7, eta: 0.05 }.into()),
    ];
    for (name, displacement) in all {
        let golden = Golden::open(name);
        let rule = Sgd { momentum: 0.9, ..Sgd::default() }.into();
        let recipe = Recipe { rule, displacement: Some(displacement), ..recipe() };
        let (data, mut model) = (golden.split(recipe.seed), golden.model());
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let mut losses = Vec::new();
        while let Some(step) = training.step().unwrap() {
            losses.push(step.loss as f32);
        }
        let which = usize::from(displacement.counts() == CountedPass::Displaced);
        let want: Vec<f32> = golden.floats("losses").chunks(2).map(|both| both[which]).collect();
        near(name, &losses, &want);
        training.learner.current();
        golden.ends(&model);
    }
}

#[test]
fn a_displacement_takes_one_pass_of_statistics_and_leaves_plain_steps_alone() {
    let golden = Golden::open("awp");
    let trained = |displacement: Option<AnyDisplacement>| {
        let norm = vec![layers::flatten(), layers::linear(8, 6), layers::batch_norm(6), layers::linear(6, 3)];
        let mut model = ClassifierNet::new(Graph::chain([1, 2, 4], norm), Key::new(1)).unwrap();
        let recipe = Recipe { epochs: 1, batch: 11, lr: 1e-30, displacement, ..recipe() };
        let data = golden.split(recipe.seed);
        session(&mut model, &data, &recipe).unwrap().run(&mut Quiet).unwrap();
        let running = |name: &str| model.net.params.get(name).unwrap().value.as_slice().to_vec();
        [running("2.running_mean"), running("2.running_var")]
    };
    let plain = trained(None);
    // The pass at the weights counts, bit for bit; that at the displaced weights moves them.
    assert_eq!(trained(Some(Sam::default().into())), plain);
    assert_eq!(trained(Some(Awp { warm_up: 1.0, ..Awp::default() }.into())), plain);
    let there = trained(Some(Awp { gamma: 0.3, ..Awp::default() }.into()));
    assert_ne!(there, plain);
    for (a, b) in there.iter().flatten().zip(plain.iter().flatten()) {
        assert!((a - b).abs() < 0.3 * (1.0 + b.abs()), "{there:?} {plain:?}");
    }
}

#[test]
fn a_penalty_adds_to_loss_and_gradient_of_a_step() {
    let golden = Golden::open("grad_align");
    let step = |lambda: f64| {
        let defense = defenses::GradAlign { lambda, warm_up: 0.0, ..Default::default() }.into();
        let recipe = Recipe { defense, batch: 22, ..recipe() };
        let (data, mut model) = (golden.split(recipe.seed), golden.model());
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let loss = training.step().unwrap().unwrap().loss as f32;
        training.learner.current();
        let weights = model.net.params.iter().flat_map(|p| p.value.as_slice().to_vec());
        weights.chain([loss]).collect::<Vec<_>>()
    };
    let [none, one, two] = [0.0, 1.0, 2.0].map(step);
    let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
    let (first, both) = (apart(&one, &none), apart(&two, &none));
    assert!(first.iter().filter(|d| d.abs() > 1e-4).count() > 20, "{first:?}");
    near("twice the penalty", &both, &first.iter().map(|d| 2.0 * d).collect::<Vec<_>>());
    let penalty = first[first.len() - 1];
    assert!(penalty > 0.001 && penalty < 2.0, "{penalty}");
}
