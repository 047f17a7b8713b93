//! An objective at the end of a tape: the code that the compiled engine calls, as an operation.

use crate::{Objective, OutputRows};
use sparring_autograd::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_tensor::{Array, Elem, Shape};

/// The value of an objective, and the gradient that it wrote at each output.
#[derive(Debug)]
struct Loss<E: Elem> {
    value: Array<E>,
    gradients: Vec<Array<E>>,
}

/// The gradient at one output as a value on the tape, which depends on that output.
#[derive(Debug)]
struct Gradient<E: Elem>(Array<E>);

impl<E: Elem> Op<E> for Loss<E> {
    fn name(&self) -> &'static str {
        "objective"
    }
    fn forward(&self, _: &[&Array<E>]) -> Array<E> {
        self.value.clone()
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let of = |(i, dy): (usize, &Array<E>)| {
            at.when(i, || at.grad * at.grad.tape().apply(Gradient(dy.clone()), &[at.inputs[i]]))
        };
        self.gradients.iter().enumerate().map(of).collect()
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let factor = at.grad.as_slice()[0];
        for (i, dy) in self.gradients.iter().enumerate() {
            sinks.add(i, || {
                let mut dy = dy.clone();
                dy.as_mut_slice().iter_mut().for_each(|d| *d *= factor);
                dy
            });
        }
        Handled::Yes
    }
}

impl<E: Elem> Op<E> for Gradient<E> {
    fn name(&self) -> &'static str {
        "objective'"
    }
    fn forward(&self, _: &[&Array<E>]) -> Array<E> {
        self.0.clone()
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        assert!(!at.wants[0], "objective: second derivatives are not provided; `ops::row_loss` has them");
        vec![None]
    }
}

/// The loss that `objective` finds in a network's outputs, a scalar, and the sums of its three metrics: L = Σ over examples of the first metric.
///
/// The gradient at the outputs is what the objective wrote, as in [`Engine::gradients`](crate::Engine::gradients); `x` are the network's inputs, read by objectives that compare the two and
/// constants to them. An objective writes no second derivative: a gradient of the gradient panics, [`row_loss`](sparring_autograd::ops::row_loss) has one.
///
/// # Shapes
/// `outputs` `[n, ..]` each, put side by side as rows in the order of [`Graph::outputs`](crate::Graph::outputs); `x` `[n, ..]`
///
/// # Panics
/// If there is no output, or one has another number of rows than `x`.
#[track_caller]
pub fn loss<'t, E: Elem>(
    outputs: &[Var<'t, E>],
    x: Var<'t, E>,
    objective: &dyn Objective<E>,
) -> (Var<'t, E>, [f64; 3]) {
    let n = x.shape()[0];
    let values: Vec<_> = outputs.iter().map(|y| y.value()).collect();
    assert!(values.iter().all(|y| y.shape()[0] == n), "objective: outputs of {n} examples");
    let cols: Vec<usize> = values.iter().map(|y| y.len() / n.max(1)).collect();
    let total = cols.iter().sum::<usize>();
    let [mut y, mut dy] = [0; 2].map(|_| Array::<E>::zeros([n, total]));
    let mut from = 0;
    for (value, &cols) in values.iter().zip(&cols) {
        sparring_tensor::rows::copy(n, cols, value.as_slice(), &mut y.as_mut_slice()[from..], [cols, total]);
        from += cols;
    }
    let (mut metrics, x) = (vec![[0.0; 3]; n], x.value());
    objective.rows(&mut OutputRows::new(y.as_slice(), dy.as_mut_slice(), &mut metrics, x.as_slice()));
    let sums = metrics.iter().fold([0.0; 3], |s, m| [s[0] + m[0], s[1] + m[1], s[2] + m[2]]);
    let mut from = 0;
    let mut gradient = |(value, &cols): (&Array<E>, &usize)| {
        let mut own = Array::stale(value.shape());
        sparring_tensor::rows::copy(n, cols, &dy.as_slice()[from..], own.as_mut_slice(), [total, cols]);
        from += cols;
        own
    };
    let gradients = values.iter().zip(&cols).map(&mut gradient).collect();
    let value = Array::from_slice(Shape::new(&[]), &[E::of(sums[0])]);
    (outputs[0].tape().apply(Loss { value, gradients }, outputs), sums)
}
