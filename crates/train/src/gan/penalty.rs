//! Penalties on the discriminator's gradient with respect to what it sees, by differentiating twice.

use sparring_autograd::{Tape, Var, ops};
use sparring_losses::{AnyGradientPenalty, PenaltyPoint};
use sparring_models::Gan;
use sparring_nn::Cx;
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};
use std::ops::Range;

/// The rows that penalties are taken at, as the discriminator sees them.
pub(super) struct Points<'a> {
    pub real: &'a [f32],
    pub fake: &'a [f32],
    /// The class of each pair; empty where there are none.
    pub labels: &'a [usize],
    /// Draws the places between both.
    pub key: Key,
}

impl Points<'_> {
    /// The places of a penalty in these rows.
    fn of(&self, point: PenaltyPoint, dim: usize, of: Range<usize>) -> Vec<f32> {
        let [real, fake] = [self.real, self.fake].map(|all| &all[of.start * dim..of.end * dim]);
        match point {
            PenaltyPoint::Real => real.to_vec(),
            PenaltyPoint::Fake => fake.to_vec(),
            PenaltyPoint::Between => {
                let mut rows = fake.to_vec();
                let pairs = rows.chunks_exact_mut(dim).zip(real.chunks_exact(dim));
                for (j, (row, real)) in of.zip(pairs) {
                    // One share a row: the line between an example and a fake, not a box.
                    let share = self.key.rng(j as u64).uniform();
                    row.iter_mut().zip(real).for_each(|(x, real)| *x = share * real + (1.0 - share) * *x);
                }
                rows
            }
        }
    }
}

/// The mean penalty over these rows, as a variable of the discriminator's parameters.
fn mean_penalty<'t>(
    model: &Gan,
    cx: &Cx<'t, f32>,
    penalty: AnyGradientPenalty,
    (points, of): (&Points<'_>, Range<usize>),
) -> Var<'t, f32> {
    let (tape, spec) = (cx.tape(), model.spec());
    let (dim, form) = (spec.discriminator.input.iter().product::<usize>(), spec.form);
    let n = of.len();
    let rows = points.of(penalty.point(), dim, of.clone());
    let [c, h, w] = spec.discriminator.input;
    let x = tape.leaf(Array::from_slice([n, c, h, w], &rows));
    let outputs = model.discriminator.forward(cx, x);
    // Where rows have no part in each other's outputs, the gradient of the sum of the logits holds that of each; with a deviation over the batch it holds that row's part in all, as is usual
    // (Karras et al. 2020).
    let mut read = Array::<f32>::zeros([n, form.outputs()]);
    for (j, row) in of.zip(read.as_mut_slice().chunks_exact_mut(form.outputs())) {
        form.conditioning.pull(1.0, points.labels.get(j).copied().unwrap_or(0), row);
    }
    let logits = ops::sum(outputs * tape.constant(read));
    let mut gradient = ops::reshape(tape.grad(logits, &[x])[0], Shape::new(&[n, dim]));
    if form.planes() > 0 {
        let shown = form.pack * model.shape().iter().product::<usize>();
        let mask = Array::from_fn([n, dim], |i| if i % dim < shown { 1.0 } else { 0.0 });
        gradient = gradient * tape.constant(mask);
    }
    ops::mean(ops::row_loss(gradient, penalty, ops::Every(())))
}

/// Rows that are differentiated at once: what lies on the tape is several times what a pass holds.
const AT_ONCE: usize = 256;

/// The sum of the penalties times `weight`, and its gradients by parameter, in the order of the discriminator's.
pub(super) fn gradients(
    model: &Gan,
    penalties: &[AnyGradientPenalty],
    points: &Points<'_>,
    weight: f32,
) -> (f64, Vec<(u64, Array<f32>)>) {
    let n = points.real.len() / model.spec().discriminator.input.iter().product::<usize>();
    // A layer that spans the batch sees all of it.
    let at_once = if model.discriminator.graph().spans_batch() { n } else { AT_ONCE };
    let (mut value, mut gradients) = (0.0, Vec::<(u64, Array<f32>)>::new());
    for first in (0..n).step_by(at_once.max(1)) {
        let of = first..(first + at_once).min(n);
        let ids: Vec<u64> = of.clone().map(|j| j as u64).collect();
        let tape = Tape::new();
        let cx = Cx::train(&tape, points.key.named("layers"), &ids);
        let terms = penalties.iter().map(|&penalty| mean_penalty(model, &cx, penalty, (points, of.clone())));
        let Some(sum) = terms.reduce(|sum, term| sum + term) else { break };
        let weight = weight * (of.len() as f32 / n as f32);
        let grads = tape.backward(sum, Array::scalar(weight));
        value += f64::from(sum.item() * weight);
        let found = model.discriminator.params.iter().filter_map(|p| Some((p.id(), grads.param(p.id())?)));
        if first == 0 {
            gradients.extend(found.map(|(id, g)| (id, g.clone())));
        } else {
            let pairs = gradients.iter_mut().zip(found);
            pairs.for_each(|((_, sum), (_, g))| {
                sum.as_mut_slice().iter_mut().zip(g.as_slice()).for_each(|(sum, g)| *sum += g)
            });
        }
    }
    (value, gradients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_models::{GanForm, GanSpec};
    use sparring_nn::{Graph, layers};

    /// A GAN of points with a linear critic.
    fn linear(pack: usize) -> Gan {
        let sigmoid = layers::activation(&"sigmoid".parse().unwrap());
        let reshape = layers::reshape(&[1, 1, 6]);
        let generator = vec![layers::flatten(), layers::linear(2, 6), sigmoid, reshape];
        let discriminator = vec![layers::flatten(), layers::linear(6 * pack, 1)];
        let spec = GanSpec {
            generator: Graph::chain([1, 1, 2], generator),
            discriminator: Graph::chain([pack, 1, 6], discriminator),
            form: GanForm { pack, ..GanForm::default() },
        };
        Gan::new(spec, (0.0, 1.0), Key::new(3)).unwrap()
    }

    #[test]
    fn of_a_linear_critic_gradients_have_their_closed_form() {
        for pack in [1, 2] {
            let model = linear(pack);
            let weights: Vec<f64> = model
                .discriminator
                .params
                .get("1.weight")
                .unwrap()
                .value
                .as_slice()
                .iter()
                .map(|&w| f64::from(w))
                .collect();
            let norm = weights.iter().map(|w| w * w).sum::<f64>().sqrt();
            let mut numbers = Key::new(4).rng(0);
            let [real, fake] =
                [0; 2].map(|_| (0..5 * 6 * pack).map(|_| numbers.uniform()).collect::<Vec<_>>());
            let points = Points { real: &real, fake: &fake, labels: &[], key: Key::new(5) };
            for (text, value, factor) in [
                ("wgan-gp", 10.0 * (norm - 1.0).powi(2), 20.0 * (norm - 1.0) / norm),
                ("r1(gamma=3)", 1.5 * norm * norm, 3.0),
                ("r2(gamma=0.5)", 0.25 * norm * norm, 0.5),
            ] {
                let (got, grads) = gradients(&model, &[text.parse().unwrap()], &points, 4.0);
                assert!((got - 4.0 * value).abs() < 1e-5 * (1.0 + value), "{text}: {got} {value}");
                let id = model.discriminator.params.get("1.weight").unwrap().id();
                let (_, found) = grads.iter().find(|(of, _)| *of == id).unwrap();
                for (g, w) in found.as_slice().iter().zip(&weights) {
                    let want = 4.0 * factor * w;
                    assert!((f64::from(*g) - want).abs() <= 1e-6 * want.abs().max(1.0), "{text}: {g} {want}");
                }
            }
        }
    }

    #[test]
    fn places_between_lie_on_one_line_a_row() {
        let (real, fake) = (vec![1.0; 40], vec![0.0; 40]);
        let points = Points { real: &real, fake: &fake, labels: &[], key: Key::new(1) };
        let rows = points.of(PenaltyPoint::Between, 4, 0..10);
        let shares: Vec<f32> = rows.chunks(4).map(|row| row[0]).collect();
        assert!(rows.chunks(4).all(|row| row.iter().all(|x| *x == row[0] && *x > 0.0 && *x < 1.0)));
        assert!(shares.windows(2).all(|pair| pair[0] != pair[1]));
    }

    /// Rows by parts and their mean are those of all rows at once.
    #[test]
    fn many_rows_are_taken_in_parts() {
        let model = linear(1);
        let n = 2 * AT_ONCE + 7;
        let mut numbers = Key::new(8).rng(0);
        let [real, fake] = [0; 2].map(|_| (0..n * 6).map(|_| numbers.uniform()).collect::<Vec<_>>());
        let points = Points { real: &real, fake: &fake, labels: &[], key: Key::new(5) };
        let penalty = "wgan-gp".parse().unwrap();
        let (value, grads) = gradients(&model, &[penalty], &points, 1.0);
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(1), &[]);
        let whole = mean_penalty(&model, &cx, penalty, (&points, 0..n));
        assert!((value - f64::from(whole.item())).abs() < 1e-5 * value.abs().max(1.0));
        let of_whole = tape.backward(whole, Array::scalar(1.0));
        for (id, g) in grads {
            let whole = of_whole.param(id).unwrap().as_slice();
            assert!(g.as_slice().iter().zip(whole).all(|(a, b)| (a - b).abs() <= 1e-5 * b.abs().max(1.0)));
        }
    }
}
