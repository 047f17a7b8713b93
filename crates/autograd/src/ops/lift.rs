//! Activations as operations: every `Activation` becomes differentiable twice.
//!
//! y = f(x); the rule multiplies by f', whose rule multiplies by f''.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_activations::Activation;
use sparring_tensor::{Array, Elem, elementwise, par};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Value,
    First,
    Second,
}

#[derive(Clone, Debug)]
struct Lift<A> {
    act: A,
    order: Order,
}

/// Work of one element in multiples of an addition, for the threading threshold.
const COST: usize = 16;

impl<E: Elem, A: Activation<E> + Clone + 'static> Op<E> for Lift<A> {
    fn name(&self) -> &'static str {
        match self.order {
            Order::Value => self.act.about().name,
            Order::First => "activation'",
            Order::Second => "activation''",
        }
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        match self.order {
            Order::Value => {
                let mut y = Array::stale(x[0].shape());
                let src = x[0].as_slice();
                par::for_each_chunk(y.as_mut_slice(), CHUNK, COST * src.len(), |i, out| {
                    let from = i * CHUNK;
                    self.act.forward(&src[from..from + out.len()], out);
                });
                y
            }
            Order::First => elementwise::map(x[0], |v| self.act.df(v)),
            Order::Second => elementwise::map(x[0], |v| self.act.d2f(v)),
        }
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let order = match self.order {
            Order::Value => Order::First,
            Order::First => Order::Second,
            Order::Second => panic!("{}: third derivatives are not provided", self.act.about().name),
        };
        let x = at.inputs[0];
        vec![at.when(0, || at.grad * x.tape().apply(Self { act: self.act.clone(), order }, &[x]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        if self.order != Order::Value {
            return Handled::No;
        }
        sinks.add(0, || {
            let mut dx = Array::stale(at.grad.shape());
            let (x, dy) = (at.inputs[0].as_slice(), at.grad.as_slice());
            par::for_each_chunk(dx.as_mut_slice(), CHUNK, COST * x.len(), |i, out| {
                let part = i * CHUNK..i * CHUNK + out.len();
                self.act.backward(&x[part.clone()], &dy[part], out);
            });
            dx
        });
        Handled::Yes
    }
}

/// Elements a worker takes at a time.
const CHUNK: usize = 8192;

/// f(x), element by element, for an activation without learnt parameters (or with its parameters held fixed).
pub fn activation<E: Elem>(x: Var<'_, E>, act: impl Activation<E> + Clone + 'static) -> Var<'_, E> {
    x.tape().apply(Lift { act, order: Order::Value }, &[x])
}
