//! Fifty layers: with every gain and edge of chaos that is published here, signal and gradient stay within a factor of 2 where mean-field theory says that they can. The
//! networks are plain matrix products, so that no code of the engine is measured.
//!
//! Where it cannot be, theory gives the reason, and the test leaves the case to it: gradients that change by √χ a layer, or a length whose deviations grow from layer to layer (dq'/dq > 1, so that
//! the noise of a finite width is enough), or values so heavy-tailed that a width of some hundreds is not wide.

use sparring_activations::{Activation, AnyActivation, edge_at_length, gradient_factor, length_after};
use sparring_nn::Init;
use sparring_seed::Key;
use sparring_tensor::{Array, Trans, matmul};

const WIDTH: usize = 400;
const DEPTH: usize = 50;
const EXAMPLES: usize = 8;
const SEEDS: u64 = 4;

/// A net's weights: standard deviation σ_w/√width, biases σ_b.
#[derive(Clone, Copy, Debug)]
struct Initializer {
    sigma_w: f64,
    sigma_b: f64,
    q: f64,
}

fn root_mean_square(a: &Array<f32>) -> f64 {
    (a.as_slice().iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

/// Logarithms of the root mean square of pre-activations and of gradients at them, by layer.
fn measured(a: &AnyActivation, init: Initializer, weights: &[Array<f32>], key: Key) -> [Vec<f64>; 2] {
    let (w, b) = ((init.sigma_w / (WIDTH as f64).sqrt()) as f32, init.sigma_b);
    let mut numbers = key.rng(0);
    let mut normal =
        |size: f64| Array::<f32>::from_fn([EXAMPLES, WIDTH], |_| (size * numbers.normal()) as f32);
    let mut states = vec![normal(init.q.sqrt())];
    let mut gradient = normal(1.0);
    for (l, weight) in weights.iter().enumerate() {
        let h = &states[l];
        let mut y = Array::zeros(h.shape());
        a.forward(h.as_slice(), y.as_mut_slice());
        let mut next = matmul(&y, Trans::No, weight, Trans::Yes);
        let mut numbers = key.named("bias").rng(l as u64);
        let biases: Vec<f32> = (0..WIDTH).map(|_| (b * numbers.normal()) as f32).collect();
        let rows = next.as_mut_slice().chunks_exact_mut(WIDTH);
        rows.for_each(|row| row.iter_mut().zip(&biases).for_each(|(v, b)| *v = w * *v + b));
        states.push(next);
    }
    let mut back = vec![root_mean_square(&gradient).ln()];
    for (weight, h) in weights.iter().zip(&states).rev() {
        let mut pulled = matmul(&gradient, Trans::No, weight, Trans::No);
        pulled.as_mut_slice().iter_mut().for_each(|v| *v *= w);
        let mut at = Array::zeros(h.shape());
        a.backward(h.as_slice(), pulled.as_slice(), at.as_mut_slice());
        gradient = at;
        back.push(root_mean_square(&gradient).ln());
    }
    back.reverse();
    [states.iter().map(|h| root_mean_square(h).ln()).collect(), back]
}

/// E g(z), z standard normal, by a plain sum.
fn mean(g: impl Fn(f64) -> f64) -> f64 {
    let step = 1e-3;
    let terms = (-10_000..10_000).map(|i| (f64::from(i) + 0.5) * step).map(|z| g(z) * (-0.5 * z * z).exp());
    terms.sum::<f64>() * step / std::f64::consts::TAU.sqrt()
}

/// What theory says of an initializer.
struct Theory {
    /// ln of the gradient at the last layer over that at the first.
    gradient: f64,
    /// The same, least and most, if the signal is off by two of its deviations all the way.
    gradients: (f64, f64),
    /// Largest d ln q' / d ln q of a layer within two deviations of the signal: above 1 the length leaves the fixed point.
    growth: f64,
    /// Standard deviation of ln RMS of the signal behind the last layer, at this width and number of seeds.
    spread: f64,
}

fn theory(a: &AnyActivation, init: Initializer) -> Theory {
    let f = |z: f64| a.f(init.q.sqrt() * z);
    let (second, fourth) = (mean(|z| f(z).powi(2)), mean(|z| f(z).powi(4)));
    let noise = (fourth / second.powi(2) - 1.0) / (WIDTH as f64 * SEEDS as f64);
    let at = |q: f64| length_after(a, init.sigma_w, init.sigma_b, q);
    // d ln q' / d ln q, from a step as large as the noise of one layer.
    let step = 0.05;
    let growth_at = |q: f64| (at(q * (1.0 + step)) - at(q * (1.0 - step))) / (2.0 * step * at(q));
    let growth = growth_at(init.q);
    let variance = (0..DEPTH).fold(0.0, |v, _| growth * growth * v + noise);
    let spread = 0.5 * variance.sqrt();
    // Infinitely wide, a layer changes the mean square of gradients by chi. At width N the product h·g of signal and gradient is conserved up to the growth of
    // the length, and each layer's gradient has 1/N of its square in that direction: where chi is small, this part is what arrives.
    let gradient = |q: f64| {
        let (chi, along) = (gradient_factor(a, init.sigma_w, q), growth_at(q).powi(2));
        let power = |base: f64, n: usize| base.powi(n as i32);
        let slow: f64 = (0..DEPTH).map(|l| power(chi, l) * power(along, DEPTH - l)).sum();
        -0.5 * (power(chi, DEPTH) + slow / WIDTH as f64).ln()
    };
    let off = (4.0 * spread).exp();
    let ends = [gradient(init.q / off), gradient(init.q), gradient(init.q * off)];
    let gradients =
        (ends.into_iter().fold(f64::INFINITY, f64::min), ends.into_iter().fold(f64::NEG_INFINITY, f64::max));
    // Within two deviations of the signal.
    let growth = [init.q / off, init.q, init.q * off].map(growth_at).into_iter().fold(0.0, f64::max);
    Theory { gradient: gradient(init.q), gradients, growth, spread }
}

/// Largest ratio of two layers.
fn range(profile: &[f64]) -> f64 {
    let [low, high] = [f64::min, f64::max].map(|pick| profile.iter().copied().reduce(pick).unwrap());
    (high - low).exp()
}

#[test]
fn signal_and_gradient_stay_within_two_where_theory_says_so() {
    let forward = |a: &AnyActivation| {
        let Init::He { gain } = Init::he_for(a) else { unreachable!() };
        a.about().gain_forward.map(|g| {
            assert_eq!(g, gain);
            Initializer { sigma_w: g, sigma_b: 0.0, q: 1.0 }
        })
    };
    let backward =
        |a: &AnyActivation| a.about().gain_backward.map(|g| Initializer { sigma_w: g, sigma_b: 0.0, q: 1.0 });
    let edge = |a: &AnyActivation| {
        edge_at_length(a, 1.0).map(|e| Initializer { sigma_w: e.sigma_w, sigma_b: e.sigma_b, q: e.q })
    };
    let mut cases = Vec::new();
    for a in AnyActivation::ALL {
        let initializers =
            [("gain_forward", forward(a)), ("gain_backward", backward(a)), ("edge of chaos", edge(a))];
        cases.extend(initializers.into_iter().filter_map(|(what, init)| Some((*a, what, init?))));
    }
    let mut sums = vec![[vec![0.0; DEPTH + 1], vec![0.0; DEPTH + 1]]; cases.len()];
    for seed in 0..SEEDS {
        let weights: Vec<Array<f32>> = (0..DEPTH as u64)
            .map(|l| {
                let mut numbers = Key::new(seed).named("weights").rng(l);
                Array::from_fn([WIDTH, WIDTH], |_| numbers.normal() as f32)
            })
            .collect();
        for ((a, _, init), sums) in cases.iter().zip(&mut sums) {
            for (sum, profile) in sums.iter_mut().zip(measured(a, *init, &weights, Key::new(seed))) {
                sum.iter_mut().zip(profile).for_each(|(s, v)| *s += v / SEEDS as f64);
            }
        }
    }
    let mut held = Vec::new();
    for ((a, what, init), [signal, gradient]) in cases.iter().zip(&sums) {
        let next = length_after(a, init.sigma_w, init.sigma_b, init.q);
        // The backward gain keeps gradients, if the lengths stay near where it was taken; by themselves they go where they go.
        if *what == "gain_backward" && (next / init.q - 1.0).abs() > 1e-3 {
            continue;
        }
        let theory = theory(a, *init);
        let (ahead, back) = (range(signal), range(gradient));
        // Three deviations are a factor of 2; and theory keeps no length that drifts off by itself.
        if theory.spread > 0.21 || theory.growth > 1.001 {
            continue;
        }
        assert!(ahead <= 2.0, "{a}, {what}: the signal changes by {ahead}");
        let drift = gradient[0] - gradient[DEPTH];
        // Beyond the range of f32 there is nothing to compare: the sine of 30 x.
        if theory.gradient.abs() > 80.0 {
            continue;
        }
        let (least, most) = theory.gradients;
        assert!(
            (least - 2f64.ln()..most + 2f64.ln()).contains(&-drift),
            "{a}, {what}: gradients change by {drift}, {:?}",
            theory.gradients
        );
        if theory.gradient.abs() < 0.1 {
            assert!(back <= 2.0, "{a}, {what}: the gradient changes by {back}");
            held.push((a.name(), *what));
        }
    }
    for case in [
        ("identity", "gain_forward"),
        ("relu", "gain_forward"),
        ("leaky_relu", "gain_forward"),
        ("prelu", "gain_backward"),
        ("tanh", "edge of chaos"),
        ("selu", "edge of chaos"),
    ] {
        assert!(held.contains(&case), "{case:?}");
    }
}
