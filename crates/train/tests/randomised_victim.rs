//! A randomised defence under attack: each query draws anew, by the key, the query and the example alone.

use sparring_attacks::{FindingId, Goal, Pgd, Threat, evaluate, perturb_chunked, suites};
use sparring_nn::{Graph, Network, Victim, layers};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use std::sync::Mutex;

const SHAPE: [usize; 3] = [1, 4, 4];
const N: usize = 1000;

fn network() -> Network<f32> {
    let act = || layers::activation(&"relu".parse().unwrap());
    let layers = vec![
        layers::conv2d(1, 4, 3, 1, 1),
        act(),
        layers::dropout(0.3),
        layers::flatten(),
        layers::linear(64, 20),
        act(),
        layers::dropout(0.5),
        layers::linear(20, 3),
    ];
    Graph::chain(SHAPE, layers).build(Key::new(1)).unwrap()
}

fn examples() -> (Vec<f32>, Vec<u64>, Vec<usize>) {
    let mut numbers = Key::new(4).rng(0);
    let x = (0..N * 16).map(|_| 0.5 + 0.2 * (numbers.normal() as f32).clamp(-2.0, 2.0)).collect();
    (x, (0..N as u64).map(|i| i * 3 + 1).collect(), (0..N).map(|i| i % 3).collect())
}

/// The mean of the gradients of several draws (Athalye et al. 2018, arXiv:1802.00420): query q of the attack is queries q · draws .. of the model. Notes the queries it sees.
struct Averaged<'v> {
    victim: Victim<'v>,
    draws: u64,
    queries: Mutex<std::collections::BTreeSet<u64>>,
}

impl Classifier for Averaged<'_> {
    fn shape(&self) -> [usize; 3] {
        self.victim.shape()
    }
    fn classes(&self) -> usize {
        self.victim.classes()
    }
    fn bounds(&self) -> Bounds {
        self.victim.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.victim.logits(x.with_query(x.query() * self.draws), out)
    }
}

impl Differentiable for Averaged<'_> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.queries.lock().unwrap().insert(x.query());
        // One call of the attack's callback: at the mean of the logits.
        let (first, cols) = (x.query() * self.draws, x.len() * self.classes());
        let (mut mean, mut z, mut dz) = (vec![0.0; cols], vec![0.0; cols], vec![0.0; cols]);
        for q in first..first + self.draws {
            self.victim.logits(x.with_query(q), &mut z)?;
            mean.iter_mut().zip(&z).for_each(|(m, z)| *m += z / self.draws as f32);
        }
        cotangent(&mean, &mut dz);
        let mut one = vec![0.0; grad.len()];
        grad.fill(0.0);
        for q in first..first + self.draws {
            self.victim.pullback(x.with_query(q), &mut |_, d| d.copy_from_slice(&dz), &mut one)?;
            grad.iter_mut().zip(&one).for_each(|(g, o)| *g += o / self.draws as f32);
        }
        Ok(())
    }
}

#[test]
fn an_attack_on_a_randomised_victim_has_the_same_bits_however_it_is_cut() {
    let (net, (x, ids, labels)) = (network(), examples());
    let batch = Batch::new(&x, SHAPE, &ids).unwrap();
    let threat = Threat::linf(0.1).unwrap();
    let attack = Pgd { steps: 4, restarts: 2, ..Pgd::default() };
    let run = |key: u64, chunk: usize, threads: usize| {
        let victim = Victim::new(&net, Bounds::UNIT).unwrap().randomised(Key::new(key));
        let model = Averaged { victim, draws: 3, queries: Mutex::default() };
        let mut out = vec![0.0; x.len()];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let goal = Goal::Untargeted(&labels);
        pool.install(|| perturb_chunked(&attack, &model, batch, goal, &threat, Key::new(9), &mut out, chunk))
            .unwrap();
        (out, model.queries.into_inner().unwrap().into_iter().collect::<Vec<_>>())
    };
    let (one, queries) = run(7, 1000, 1);
    // Four steps and a verdict in each of two restarts.
    assert_eq!(queries, [0, 1, 2, 3, 5, 6, 7, 8]);
    for (chunk, threads) in [(1, 2), (32, 7), (1000, 2), (33, 1)] {
        assert!(run(7, chunk, threads).0 == one, "chunks of {chunk}, {threads} threads");
    }
    assert!(run(8, 1000, 2).0 != one, "the key of the defence counts");
}

#[test]
fn each_query_of_an_example_draws_anew() {
    let (net, (x, ids, labels)) = (network(), examples());
    let victim = Victim::new(&net, Bounds::UNIT).unwrap().randomised(Key::new(7));
    let batch = Batch::new(&x, SHAPE, &ids).unwrap();
    let logits = |x: Batch<'_>| {
        let mut z = vec![0.0; 3 * x.len()];
        victim.logits(x, &mut z).unwrap();
        z
    };
    let first = logits(batch);
    assert!(logits(batch.with_query(0)) == first && logits(batch.with_query(5)) != first);
    // A few of them, as the examples still in play of an attack.
    let some = logits(batch.slice(700..703).with_query(5));
    assert!(some == logits(batch.with_query(5))[2100..2109]);
    let draws: Vec<Vec<f32>> = (0..400).map(|q| logits(batch.slice(0..1).with_query(q))).collect();
    let quiet = Victim::new(&net, Bounds::UNIT).unwrap();
    let mut z = vec![0.0; 3];
    quiet.logits(batch.slice(0..1), &mut z).unwrap();
    for (k, &z) in z.iter().enumerate() {
        let all: Vec<f64> = draws.iter().map(|draw| f64::from(draw[k])).collect();
        let mean = all.iter().sum::<f64>() / 400.0;
        let error = (all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 400.0).sqrt() / 20.0;
        // Five standard errors; but for one ReLU the network is linear in what is dropped.
        assert!(
            (mean - f64::from(z)).abs() < 5.0 * error,
            "logit {k}: {mean} +- {error}, without dropout {z}"
        );
    }
    // An evaluation sees that it is random.
    let threat = Threat::linf(0.05).unwrap();
    let seen =
        evaluate(&victim, batch.slice(0..50), &labels[..50], &suites::quick(), &threat, Key::new(1)).unwrap();
    let random = |seen: &sparring_attacks::Report| seen.raised().any(|f| f.id == FindingId::RandomOutput);
    assert!(random(&seen), "{seen:?}");
    let seen =
        evaluate(&quiet, batch.slice(0..50), &labels[..50], &suites::quick(), &threat, Key::new(1)).unwrap();
    assert!(!random(&seen), "{seen:?}");
}
