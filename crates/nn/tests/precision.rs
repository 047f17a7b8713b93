//! Plans in parts of bf16 beside the same network in `f64`.

use sparring_activations::AnyActivation;
use sparring_losses::{CrossEntropy, RowLoss};
use sparring_nn::{Compiled, Engine, Graph, Method, Network, OutputRows, Randomness, layers};
use sparring_optim::{Adam, AnyRule};
use sparring_seed::Key;
use sparring_tensor::{Elem, Precision, team};

fn spec() -> Graph {
    let act = || layers::activation(&"silu".parse::<AnyActivation>().unwrap());
    let pool = || layers::max_pool2d(2, 2);
    let layers = vec![
        layers::conv2d(2, 32, 3, 1, 1),
        act(),
        pool(),
        layers::conv2d(32, 64, 3, 1, 1),
        act(),
        layers::flatten(),
        layers::linear(64 * 144, 96),
        act(),
        layers::linear(96, 5),
    ];
    Graph::chain([2, 24, 24], layers)
}

/// The network, and the same weights in `f64`.
fn nets() -> (Network<f32>, Network<f64>) {
    let net: Network<f32> = spec().build(Key::new(3)).unwrap();
    let mut wide: Network<f64> = spec().build(Key::new(3)).unwrap();
    let mut all = Vec::new();
    net.params.iter().for_each(|p| all.push(p.value.as_slice().to_vec()));
    let mut all = all.into_iter();
    wide.params.iter_mut().for_each(|p| {
        let from = all.next().unwrap();
        p.value.as_mut_slice().iter_mut().zip(from).for_each(|(w, v)| *w = f64::from(v));
    });
    (net, wide)
}

fn numbers<E: Elem>(n: usize, salt: u64) -> Vec<E> {
    let mut rng = Key::new(salt).rng(0);
    (0..n).map(|_| E::of(f64::from(rng.normal() as f32))).collect()
}

/// Outputs, and the gradient of their sum weighted by 1, 2, .. at the input.
fn run<E: Elem>(plan: &Compiled<E>, x: &[E]) -> (Vec<f64>, Vec<f64>) {
    let n = x.len() / plan.inputs();
    let (mut y, mut dx) = (vec![E::ZERO; n * plan.outputs()], vec![E::ZERO; x.len()]);
    plan.forward(x, &mut y);
    let weights = |_: usize, _: &[E], d: &mut [E]| {
        d.iter_mut().enumerate().for_each(|(i, d)| *d = E::of((i % 5 + 1) as f64));
    };
    plan.pullbacks(x, 1, &mut { weights }, &mut dx);
    let wide = |v: Vec<E>| v.iter().map(|v| v.to_f64()).collect();
    (wide(y), wide(dx))
}
/// Root mean square of the difference, for a root mean square of 1.
fn error(got: &[f64], exact: &[f64]) -> f64 {
    let squares = |v: &mut dyn Iterator<Item = f64>| v.map(|d| d * d).sum::<f64>();
    (squares(&mut got.iter().zip(exact).map(|(g, e)| g - e)) / squares(&mut exact.iter().copied())).sqrt()
}

#[test]
fn split6_is_as_exact_as_f32_and_bf16_is_near() {
    let (net, wide) = nets();
    let plan = |precision| Compiled::new(&net).in_precision(precision);
    let exact = Compiled::new(&wide);
    let x: Vec<f64> = numbers(33 * exact.inputs(), 5);
    let narrow: Vec<f32> = x.iter().map(|&v| v as f32).collect();
    let (y, dx) = run(&exact, &x);
    let [plain, split, half] = Precision::ALL.map(|p| {
        let (got, grad) = run(&plan(p), &narrow);
        [error(&got, &y), error(&grad, &dx)]
    });
    for d in 0..2 {
        // Of bf16's gradient most is windows of the pooling whose winner is another.
        assert!(split[d] < 1.1 * plain[d], "{plain:?} {split:?}");
        assert!(half[d] > plain[d] && half[d] < 0.1, "{half:?}");
    }
    assert_ne!(plain, split, "it is another arithmetic");
}

#[test]
fn gradients_in_split6_are_those_of_differences() {
    let (net, wide) = nets();
    let plan = Compiled::new(&net).in_precision(Precision::Split6);
    let exact = Compiled::new(&wide);
    let x: Vec<f64> = numbers(exact.inputs(), 6);
    let (_, dx) = run(&plan, &x.iter().map(|&v| v as f32).collect::<Vec<_>>());
    let loss = |x: &[f64]| {
        let mut y = vec![0.0; exact.outputs()];
        exact.forward(x, &mut y);
        y.iter().enumerate().map(|(i, y)| (i % 5 + 1) as f64 * y).sum::<f64>()
    };
    let scale = dx.iter().map(|d| d * d).sum::<f64>().sqrt();
    for salt in 10..20 {
        let way: Vec<f64> = numbers(x.len(), salt);
        // Small enough that hardly a window of the pooling changes its winner.
        let h = 1e-7;
        let [up, down] =
            [h, -h].map(|h| loss(&x.iter().zip(&way).map(|(x, w)| x + h * w).collect::<Vec<_>>()));
        let (numeric, got) = ((up - down) / (2.0 * h), dx.iter().zip(&way).map(|(d, w)| d * w).sum::<f64>());
        assert!((numeric - got).abs() < 1e-5 * scale, "{numeric} {got} of {scale}");
    }
}

#[test]
fn neither_company_nor_threads_change_a_bit() {
    let (net, _) = nets();
    for precision in [Precision::Split6, Precision::Bf16] {
        let plan = Compiled::new(&net).in_precision(precision);
        let x: Vec<f32> = numbers(70 * plan.inputs(), 5);
        let (y, dx) = team::with_threads(1, || run(&plan, &x));
        for threads in [2, 7] {
            assert!(team::with_threads(threads, || run(&plan, &x)) == (y.clone(), dx.clone()));
        }
        let (dim, out) = (plan.inputs(), plan.outputs());
        for i in [0, 13, 69] {
            let (one, grad) = run(&plan, &x[i * dim..(i + 1) * dim]);
            assert_eq!(one, y[i * out..(i + 1) * out]);
            // The weights of the outputs go by their place in the batch, 5 classes: the same for each example.
            assert_eq!(grad, dx[i * dim..(i + 1) * dim]);
        }
    }
}

#[test]
fn steps_in_split6_are_those_in_f32_up_to_rounding() {
    let after = |precision| {
        let (mut net, _) = nets();
        let mut engine =
            Engine::new(&net, Method::from(AnyRule::from(Adam::default()))).in_precision(precision);
        let x: Vec<f32> = numbers(40 * engine.compiled().inputs(), 8);
        let mut losses = Vec::new();
        for _ in 0..6 {
            let dim = engine.compiled().inputs();
            let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
            let objective = |rows: &mut OutputRows<'_, f32>| {
                let first = rows.first;
                for (i, (z, dz, metrics)) in rows.iter().enumerate() {
                    *metrics = [f64::from(CrossEntropy.eval(z, &((first + i) % 5), dz)) / 40.0, 0.0, 0.0];
                    dz.iter_mut().for_each(|d| *d /= 40.0);
                }
            };
            let [loss, ..] = engine.gradients(40, &row, Randomness::none(), &objective);
            losses.push(loss);
            engine.update(&net.params, 1e-3).unwrap();
        }
        engine.store(&mut net.params);
        let mut all = Vec::new();
        net.params.iter().for_each(|p| all.extend(p.value.as_slice().iter().map(|&v| f64::from(v))));
        (losses, all)
    };
    let ((plain_losses, plain), (losses, split)) = (after(Precision::F32), after(Precision::Split6));
    assert!(losses[5] < 0.9 * losses[0], "{losses:?}");
    assert!(error(&losses, &plain_losses) < 1e-4, "{losses:?} {plain_losses:?}");
    let apart = error(&split, &plain);
    assert!(apart > 0.0 && apart < 1e-3, "{apart:e}");
}
