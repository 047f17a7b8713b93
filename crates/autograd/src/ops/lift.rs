//! Activations as operations: every `Activation` becomes differentiable twice.
//!
//! y = f(x). Its rule is the operation dy · f'(x), whose rule uses dy · f''(x): each is one pass of the activation's slice
//! kernel.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_activations::Activation;
use sparring_tensor::{Array, Elem, elementwise, par};

/// y = f(x); input x.
#[derive(Clone, Debug)]
struct Lift<A>(A);

/// dy · f'(x); inputs x and dy.
#[derive(Clone, Debug)]
struct First<A>(A);

/// dy · f''(x); inputs x and dy.
#[derive(Clone, Debug)]
struct Second<A>(A);

/// Elements a worker takes at a time.
const CHUNK: usize = 8192;
/// Work of one element in multiples of an addition, for the threading threshold.
const COST: usize = 16;

/// `kernel(x, dy, out)` over chunks, on the threads.
fn chunked<E: Elem>(x: &Array<E>, dy: &Array<E>, kernel: impl Fn(&[E], &[E], &mut [E]) + Sync) -> Array<E> {
    let mut out = Array::stale(x.shape());
    let (x, dy) = (x.as_slice(), dy.as_slice());
    par::for_each_chunk(out.as_mut_slice(), CHUNK, COST * x.len(), |i, out| {
        let part = i * CHUNK..i * CHUNK + out.len();
        kernel(&x[part.clone()], &dy[part], out);
    });
    out
}

macro_rules! lifted {
    ($name:ident, $($body:tt)*) => {
        impl<E: Elem, A: Activation<E> + Clone + 'static> Op<E> for $name<A> {
            fn name(&self) -> &'static str {
                self.0.name()
            }
            $($body)*
        }
    };
}

lifted! { Lift,
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        chunked(x[0], x[0], |x, _, y| self.0.forward(x, y))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let x = at.inputs[0];
        vec![at.when(0, || x.tape().apply(First(self.0.clone()), &[x, at.grad]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || chunked(at.inputs[0], at.grad, |x, dy, dx| self.0.backward(x, dy, dx)));
        Handled::Yes
    }
}

lifted! { First,
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        chunked(x[0], x[1], |x, dy, dx| self.0.backward(x, dy, dx))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (x, dy) = (at.inputs[0], at.inputs[1]);
        vec![
            at.when(0, || x.tape().apply(Second(self.0.clone()), &[x, at.grad * dy])),
            at.when(1, || x.tape().apply(First(self.0.clone()), &[x, at.grad])),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, dy) = (at.inputs[0], at.inputs[1]);
        sinks.add(0, || chunked(x, &elementwise::mul(at.grad, dy), |x, w, dx| self.0.backward2(x, w, dx)));
        sinks.add(1, || chunked(x, at.grad, |x, g, ddy| self.0.backward(x, g, ddy)));
        Handled::Yes
    }
}

lifted! { Second,
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        chunked(x[0], x[1], |x, dy, dx| self.0.backward2(x, dy, dx))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        assert!(!at.wants[0], "{}: third derivatives are not provided", self.0.name());
        let x = at.inputs[0];
        vec![None, at.when(1, || x.tape().apply(Second(self.0.clone()), &[x, at.grad]))]
    }
}

/// f(x), element by element, for an activation without learnt parameters (or with constant parameters).
pub fn activation<E: Elem>(x: Var<'_, E>, act: impl Activation<E> + Clone + 'static) -> Var<'_, E> {
    x.tape().apply(Lift(act), &[x])
}
