//! A step of TRADES, MART or mixed training is that of the authors' codes: two passes of the network, each with its own batch statistics, and one loss of both.

#[path = "../../nn/tests/engine/reference.rs"]
#[allow(dead_code)]
mod reference;

use sparring_attacks::{Attack, Goal};
use sparring_datasets::Mnist;
use sparring_losses::{KlDivergence, Mart, Mixed, PairLoss, Trades};
use sparring_models::ClassifierNet;
use sparring_nn::{Graph, Mode, Victim, layers};
use sparring_optim::{AnySchedule, Sgd};
use sparring_oracle::{Batch, Classifier as _};
use sparring_seed::Key;
use sparring_train::{AnyDefense, ExampleSource, Recipe, defenses, session};

const N: usize = 24;
const BETA: f64 = 3.0;

fn graphs() -> [Graph; 2] {
    let act = || layers::activation(&"relu".parse().unwrap());
    let mlp = vec![layers::flatten(), layers::linear(784, 12), act(), layers::linear(12, 10)];
    let conv = vec![
        layers::conv2d(1, 4, 4, 2, 1),
        layers::batch_norm(4),
        act(),
        layers::flatten(),
        layers::linear(784, 10),
    ];
    [mlp, conv].map(|layers| Graph::chain([1, 28, 28], layers))
}

/// Losses, row by row, and the gradients of their mean at clean and adversarial logits.
fn loss(
    of: &dyn PairLoss<f32>,
    smoothing: f32,
    [clean, adversarial]: [&[f32]; 2],
    labels: &[usize],
) -> (f64, [Vec<f32>; 2]) {
    let (mut d, mut d_adv, mut sum) = (vec![0.0; clean.len()], vec![0.0; clean.len()], 0.0);
    for (i, &y) in labels.iter().enumerate() {
        let row = 10 * i..10 * (i + 1);
        let grads = [&mut d[row.clone()], &mut d_adv[row.clone()]];
        sum += f64::from(of.eval(&clean[row.clone()], &adversarial[row.clone()], y, grads));
        // Labels of 1 - s, and s for all classes alike.
        for ((z, d), share) in
            [(clean, &mut d), (adversarial, &mut d_adv)].into_iter().zip(of.cross_entropies())
        {
            let (z, d, s) = (&z[row.clone()], &mut d[row.clone()], smoothing * share as f32);
            sum += f64::from(s * (z[y] - z.iter().sum::<f32>() / 10.0));
            d.iter_mut().enumerate().for_each(|(i, d)| *d += s * (f32::from(u8::from(i == y)) - 0.1));
        }
    }
    d.iter_mut().chain(&mut d_adv).for_each(|v| *v /= N as f32);
    (sum / N as f64, [d, d_adv])
}

#[test]
fn one_step_is_two_passes_on_the_tape() {
    let trades = defenses::TradesTraining { beta: BETA, steps: 3, step_size: 0.1, ..Default::default() };
    step_of(trades.into(), &Trades { beta: BETA }, 0.0);
    step_of(trades.into(), &Trades { beta: BETA }, 0.2);
    let mart =
        defenses::MartTraining { beta: BETA, steps: 3, step_size: 0.1, warm_up: 0.0, ..Default::default() };
    step_of(mart.into(), &Mart { beta: BETA }, 0.2);
    let mixed = defenses::MixedTraining { lambda: 0.25, ..Default::default() };
    step_of(mixed.into(), &Mixed { lambda: 0.25 }, 0.2);
}

fn step_of(defense: AnyDefense, of: &dyn PairLoss<f32>, label_smoothing: f64) {
    let data = Mnist::embedded().train.first(N);
    let loss = |clean: &[f32], adversarial: &[f32], labels: &[usize]| {
        loss(of, label_smoothing as f32, [clean, adversarial], labels)
    };
    let recipe = Recipe {
        defense,
        epochs: 1,
        batch: N,
        rule: Sgd::default().into(),
        lr: 0.05,
        schedule: AnySchedule::default(),
        average: None,
        label_smoothing,
        ..Recipe::default()
    };
    for graph in graphs() {
        let mut model = ClassifierNet::new(graph, Key::new(5)).unwrap();
        let mut by_hand = model.net.clone();
        // The step takes all examples, so their order does not matter; their ids do.
        let all = data.all();
        let x = Batch::new(&all.x, all.shape, &all.ids).unwrap();
        let plan = defense.plan(1.0);
        let ExampleSource::Attack(attack, threat) = &plan.examples else { panic!("{plan:?}") };
        let victim = Victim::new(&by_hand, ClassifierNet::BOUNDS).unwrap();
        let key = Key::new(recipe.seed).named("step").child(1).named("defense");
        let mut adversarial = vec![0.0; all.x.len()];
        attack.perturb(&victim, x, Goal::Untargeted(&all.labels), threat, key, &mut adversarial).unwrap();
        // The attack raises the divergence beyond that of its start, within the budget.
        let divergence = |of: &[f32]| -> f32 {
            let [mut clean, mut moved, mut unused] = [0; 3].map(|_| vec![0.0; 10 * N]);
            victim.logits(x, &mut clean).unwrap();
            victim.logits(Batch::new(of, all.shape, &all.ids).unwrap(), &mut moved).unwrap();
            let rows = clean.chunks(10).zip(moved.chunks(10)).zip(unused.chunks_mut(10));
            rows.map(|((p, q), d)| KlDivergence.eval(p, q, 0, [d, &mut [0.0; 10]])).sum()
        };
        let noisy: Vec<f32> =
            all.x.iter().enumerate().map(|(i, x)| x + if i % 2 == 0 { 0.3 } else { -0.3 }).collect();
        assert!(
            divergence(&adversarial) > 2.0 * divergence(&noisy),
            "{defense}: noise is as good as the attack"
        );
        assert!(
            adversarial
                .iter()
                .zip(&all.x)
                .all(|(a, x)| (a - x).abs() <= 0.3 + 1e-6 && (0.0..=1.0).contains(a))
        );
        drop(victim);

        let how = (Mode::Train, Key::new(0), &all.ids[..]);
        let zeros = |y: &[f32]| vec![0.0; y.len()];
        let moved = reference::pass(&mut by_hand.clone(), &adversarial, how, zeros).y;
        let on_clean =
            reference::pass(&mut by_hand, &all.x, how, |y| loss(y, &moved, &all.labels).1[0].clone());
        let (want, [_, d_adv]) = loss(&on_clean.y, &moved, &all.labels);
        let on_moved = reference::pass(&mut by_hand, &adversarial, how, |_| d_adv.clone());
        let grads = on_clean.grads.iter().zip(&on_moved.grads);
        for (p, (a, b)) in by_hand.params.iter_mut().zip(grads) {
            let sums = a.iter().zip(b).map(|(a, b)| 0.05 * (a + b));
            p.value.as_mut_slice().iter_mut().zip(sums).for_each(|(w, d)| *w -= d);
        }

        let mut training = session(&mut model, &data, &recipe).unwrap();
        let step = training.step().unwrap().unwrap();
        assert!((step.loss - want).abs() < 1e-5 * want, "{} {want}", step.loss);
        assert!(training.step().unwrap().is_none());
        sparring_train::Current::current(&mut training.learner);
        for (got, want) in model.net.params.iter().zip(&by_hand.params) {
            for (a, b) in got.value.as_slice().iter().zip(want.value.as_slice()) {
                assert!((a - b).abs() < 2e-6 * (1.0 + b.abs()), "{}: {a} {b}", got.name());
            }
        }
    }
}
