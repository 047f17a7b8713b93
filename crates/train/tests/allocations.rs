//! What a training step still allocates once the buffers are warm. One test, so that nothing else runs in this process.

use sparring_autograd::{Tape, ops};
use sparring_datasets::{MiniBatch, Mnist};
use sparring_losses::{CrossEntropy, RowLoss};
use sparring_math::grammar::pieces;
use sparring_models::{ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, FgsmRs, Gan, Mlp};
use sparring_nn::{Cx, Graph, Optimizer, layers};
use sparring_optim::{Adam, AnyRule};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;
use sparring_tensor::Array;
use sparring_train::{
    AnyDefense, Current, Flow, GanRecipe, Observed, Observer, Recipe, StepMetrics, TrainError, defenses,
    fit_autoencoder_with, fit_gan, fit_with,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

/// An allocation above this many bytes is large.
const LARGE: usize = 1024;

static WATCHING: AtomicBool = AtomicBool::new(false);
static SMALL: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

fn note(size: usize) {
    if WATCHING.load(SeqCst) {
        if size > LARGE {
            COUNT.fetch_add(1, SeqCst);
        } else {
            SMALL.fetch_add(1, SeqCst);
        }
        LARGEST.fetch_max(size, SeqCst);
    }
}

// SAFETY: every call goes on to the system's allocator unchanged; counting touches atomics only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Large and small allocations, and the largest, while `f` ran.
#[derive(Debug, PartialEq)]
struct Seen {
    large: usize,
    small: usize,
    largest: usize,
}

fn start() {
    for counter in [&SMALL, &COUNT, &LARGEST] {
        counter.store(0, SeqCst);
    }
    WATCHING.store(true, SeqCst);
}

fn stop() -> Seen {
    WATCHING.store(false, SeqCst);
    Seen { large: COUNT.load(SeqCst), small: SMALL.load(SeqCst), largest: LARGEST.load(SeqCst) }
}

/// Steps 3 to 6 of forward, backward, update and reset on a batch of 128 digits.
fn steps(spec: &Graph) -> Seen {
    let mut net = spec.build::<f32>(Key::new(1)).unwrap();
    let batch = Mnist::embedded().train.first(128).all();
    let labels: Arc<[usize]> = Arc::from(&batch.labels[..]);
    let rule: AnyRule = Adam::default().into();
    let (mut tape, mut optimizer) = (Tape::<f32>::new(), Optimizer::new(rule));
    for step in 1..=6 {
        if step == 3 {
            start();
        }
        let x = tape.constant(Array::from_slice([128, 1, 28, 28], &batch.x));
        let logits = net.forward(&Cx::train(&tape, Key::new(step), &batch.ids), x);
        let loss = ops::mean(ops::row_loss(logits, CrossEntropy, Arc::clone(&labels)));
        let mut grads = tape.backward(loss, Array::scalar(1.0));
        tape.reset();
        optimizer.step(&mut net.params, &mut grads, 1e-3).unwrap();
    }
    stop()
}

/// Pull-backs 3 to 6 of an attack on 128 digits.
fn pullbacks(net: &ClassifierNet, batch: &MiniBatch) -> Seen {
    let (victim, mut grad) = (net.victim(), vec![0.0; batch.x.len()]);
    let x = Batch::new(&batch.x, batch.shape, &batch.ids).unwrap();
    for step in 1..=6 {
        if step == 3 {
            start();
        }
        let mut cotangent = |z: &[f32], dz: &mut [f32]| {
            for ((z, dz), y) in z.chunks_exact(10).zip(dz.chunks_exact_mut(10)).zip(&batch.labels) {
                CrossEntropy.eval(z, y, dz);
            }
        };
        victim.pullback(x, &mut cotangent, &mut grad).unwrap();
    }
    stop()
}

/// Watches a whole training from after its second step to its last.
#[derive(Default)]
struct Watch(Option<Seen>);
impl<M: Observed> Observer<M> for Watch {
    fn step(&mut self, step: &StepMetrics, _: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        Ok(self.at(step))
    }
}
impl Watch {
    fn at(&mut self, step: &StepMetrics) -> Flow {
        if step.step == 2 {
            start();
        }
        if step.step == step.steps {
            self.0 = Some(stop());
        }
        Flow::Continue
    }
}

/// The figures are for one thread, where they are the same in every run. With more, parts of a batch overlap in other ways
/// from step to step, and now and then the pool has to make one buffer more.
#[test]
fn a_warm_step_allocates_little() {
    let workers = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    workers.install(|| {
        tape_level();
        whole_trainings();
    });
}

/// Steps watched by every figure below.
const STEPS: usize = 4;

fn pooled() -> Graph {
    let pool = layers::max_pool2d(2, 2);
    let layers = vec![layers::conv2d(1, 4, 3, 1, 1), pool, layers::flatten(), layers::linear(784, 10)];
    Graph::chain([1, 28, 28], layers)
}

fn tape_level() {
    for (name, spec) in [("mlp", Mlp::default().spec()), ("fgsm-rs", FgsmRs::default().spec())] {
        let seen = steps(&spec);
        assert_eq!(seen.large, 0, "{name}: {seen:?}");
        // Nodes, lists of inputs, boxed operations.
        assert!(seen.small <= STEPS * 120, "{name}: {seen:?}");
    }
    let seen = steps(&pooled());
    assert_eq!(seen.large, 0, "max pooling: {seen:?}");
    let net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1)).unwrap();
    let seen = pullbacks(&net, &Mnist::embedded().test.first(128).all());
    assert_eq!(seen.large, 0, "pull-backs: {seen:?}");
}

fn whole_trainings() {
    let data = Mnist::embedded().train.first(128 * (2 + STEPS));
    let recipe = |defense| Recipe { epochs: 1, batch: 128, defense, ..Recipe::default() };
    let classifier = |spec: Graph, defense| {
        let mut net = ClassifierNet::new(spec, Key::new(1)).unwrap();
        let mut watch = Watch::default();
        fit_with(&mut net, &data, &recipe(defense), &mut watch).unwrap();
        watch.0.unwrap()
    };
    let pgd = AnyDefense::from(defenses::PgdTraining {
        eps: 0.3,
        steps: 2,
        step_size: 0.2,
        warm_up: 0.0,
        ..Default::default()
    });
    let chain = |text: &str| {
        let layers = pieces(text).into_iter().map(|layer| layer.parse().unwrap());
        Graph::chain([1, 28, 28], layers.collect())
    };
    let trades = AnyDefense::from(defenses::TradesTraining { eps: 0.3, steps: 2, ..Default::default() });
    let nets = [
        ("mlp", Mlp::default().spec()),
        ("fgsm-rs", FgsmRs::default().spec()),
        ("max pooling", pooled()),
        ("dropout", chain("flatten, linear(784, 64), relu, dropout(0.5), linear(64, 10)")),
        (
            "batch norm",
            chain(
                "normalize(0.1307, 0.3081), conv2d(1, 6, 3, 2), batch_norm(6), relu, max_pool2d(2), dropout2d(0.2), flatten, linear(216, 20), batch_norm(20), silu, linear(20, 10)",
            ),
        ),
    ];
    for (name, spec) in nets {
        for defense in [AnyDefense::default(), defenses::FgsmRsTraining::new(0.3).into(), pgd, trades] {
            let seen = classifier(spec.clone(), defense);
            assert_eq!(seen.large, 0, "{name}, {defense:?}: {seen:?}");
        }
    }

    // Each augmentation works in buffers that its thread keeps, and images are mixed in the place of adversarial ones.
    let augment =
        ["shift", "rotate", "elastic", "cutout", "noise", "mixup"].map(|one| one.parse().unwrap()).to_vec();
    for (name, accumulate) in [("augmented", 1), ("accumulated", 2)] {
        let mut net = ClassifierNet::new(pooled(), Key::new(1)).unwrap();
        let recipe = recipe(AnyDefense::default());
        let recipe = Recipe { augment: augment.clone(), accumulate, batch: 128 / accumulate, ..recipe };
        let mut watch = Watch::default();
        fit_with(&mut net, &data, &recipe, &mut watch).unwrap();
        let seen = watch.0.unwrap();
        assert_eq!(seen.large, 0, "{name}: {seen:?}");
    }

    let (spec, encoder) = ArticleAutoencoder::default().spec();
    let mut model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    let mut watch = Watch::default();
    fit_autoencoder_with(&mut model, &data, &recipe(AnyDefense::default()), &mut watch).unwrap();
    let seen = watch.0.unwrap();
    assert_eq!(seen.large, 0, "autoencoder: {seen:?}");

    let mut model = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(1)).unwrap();
    let mut watch = Watch::default();
    fit_gan(&mut model, &data, &GanRecipe { epochs: 1, ..GanRecipe::default() }, &mut watch).unwrap();
    let seen = watch.0.unwrap();
    assert_eq!(seen.large, 0, "gan: {seen:?}");
}
