//! Activations with learnt parameters: differentiable twice in the input and in the parameters.
//!
//! y = f(x; p); p has the k numbers of the activation, once for the whole tensor (`[k]`), once a channel (`[channels, k]`, or
//! `[channels]` where k = 1; channels are axis 1 of x), or once for each number of an example (`[numbers, k]`). Each derivative is one pass of a slice function
//! of [`Trainable`], which gives the gradient of x and those of all parameters together.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_activations::{Sharing, Trainable};
use sparring_tensor::{Array, Elem, Shape, elementwise, par};
use std::sync::Arc;

type Act<E> = Arc<dyn Trainable<E>>;

/// y = f(x; p); inputs x, p.
#[derive(Debug)]
struct Trained<E: Elem>(Act<E>);
/// dy · ∂f/∂x; inputs x, p, dy.
#[derive(Debug)]
struct InputGrad<E: Elem>(Act<E>);
/// Σ dy · ∂f/∂p over the elements that share a parameter; inputs x, p, dy.
#[derive(Debug)]
struct ParamGrad<E: Elem>(Act<E>);

/// A second derivative as a value: output `Wanted` of a slice function of second order.
#[derive(Debug)]
struct Second<E: Elem>(Act<E>, Wanted);

#[derive(Clone, Copy, Debug)]
enum Wanted {
    /// w · ∂²f/∂x²; inputs x, p, w.
    Dxx,
    /// Σ w · ∂²f/∂x∂p; inputs x, p, w.
    Dxp,
    /// dy · (∂²f/∂x∂p · v); inputs x, p, dy, v.
    DxpAlong,
    /// ∂f/∂p · v; inputs x, p, dy (not read), v.
    DpAlong,
    /// Σ dy · (∂²f/∂p²) v; inputs x, p, dy, v.
    Dpp,
}

/// Elements a worker takes at a time, at least.
const CHUNK: usize = 8192;
/// Work of one element in multiples of an addition, for the threading threshold.
const COST: usize = 16;

/// How the elements of x share the parameters p.
#[track_caller]
fn sharing<E: Elem>(act: &Act<E>, x: Shape, p: Shape) -> Sharing {
    let groups = p.numel() / act.count();
    if p.numel() == act.count() {
        return Sharing::WHOLE;
    }
    let places = x.dims().get(2..).unwrap_or_default().iter().product::<usize>().max(1);
    let whole = groups * act.count() == p.numel() && x.rank() > 1;
    let run = [(x[1], places), (x[1] * places, 1)].into_iter().find(|(of, _)| whole && *of == groups);
    let (_, run) = run.unwrap_or_else(|| panic!("{}: parameters {p} do not fit an input {x}", act.name()));
    Sharing { groups, run }
}

/// `kernel(p, sharing, part, out)` over chunks that are whole periods of the parameters, on the threads.
fn chunked<E: Elem>(
    act: &Act<E>,
    x: &Array<E>,
    p: &Array<E>,
    kernel: impl Fn(&[E], Sharing, std::ops::Range<usize>, &mut [E]) + Sync,
) -> Array<E> {
    let s = sharing(act, x.shape(), p.shape());
    let chunk = CHUNK.next_multiple_of((s.groups * s.run).max(1));
    let mut out = Array::stale(x.shape());
    par::for_each_chunk(out.as_mut_slice(), chunk, COST * x.len(), |i, out| {
        kernel(p.as_slice(), s, i * chunk..i * chunk + out.len(), out);
    });
    out
}

/// dx = dy · ∂f/∂x.
fn input_grad<E: Elem>(act: &Act<E>, x: &Array<E>, p: &Array<E>, dy: &Array<E>) -> Array<E> {
    chunked(act, x, p, |p, s, part, dx| {
        act.input_grad_with(p, s, &x.as_slice()[part.clone()], &dy.as_slice()[part], dx);
    })
}

/// (dy · ∂f/∂x, Σ dy · ∂f/∂p).
fn first<E: Elem>(act: &Act<E>, x: &Array<E>, p: &Array<E>, dy: &Array<E>) -> [Array<E>; 2] {
    let s = sharing(act, x.shape(), p.shape());
    let (mut dx, mut dp) = (Array::stale(x.shape()), Array::zeros(p.shape()));
    let [x, p, dy] = [x, p, dy].map(Array::as_slice);
    act.backward_with(p, s, x, dy, dx.as_mut_slice(), dp.as_mut_slice());
    [dx, dp]
}

/// (w · ∂²f/∂x², Σ w · ∂²f/∂x∂p).
fn input_second<E: Elem>(act: &Act<E>, x: &Array<E>, p: &Array<E>, w: &Array<E>) -> [Array<E>; 2] {
    let s = sharing(act, x.shape(), p.shape());
    let (mut dx, mut dp) = (Array::stale(x.shape()), Array::zeros(p.shape()));
    let [x, p, w] = [x, p, w].map(Array::as_slice);
    act.input_grad_backward(p, s, x, w, dx.as_mut_slice(), dp.as_mut_slice());
    [dx, dp]
}

/// (dy · (∂²f/∂x∂p · v), Σ dy · (∂²f/∂p²) v, ∂f/∂p · v).
fn param_second<E: Elem>(act: &Act<E>, [x, p, dy, v]: [&Array<E>; 4]) -> [Array<E>; 3] {
    let s = sharing(act, x.shape(), p.shape());
    let (mut dx, mut ddy) = (Array::stale(x.shape()), Array::stale(x.shape()));
    let mut dp = Array::zeros(p.shape());
    let outs = [&mut dx, &mut ddy, &mut dp].map(Array::as_mut_slice);
    let ([x, p, dy, v], [dx_out, ddy_out, dp_out]) = ([x, p, dy, v].map(Array::as_slice), outs);
    act.param_grad_backward(p, s, x, dy, v, dx_out, ddy_out, dp_out);
    [dx, dp, ddy]
}

impl<E: Elem> Op<E> for Trained<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        chunked(&self.0, x[0], x[1], |p, s, part, y| self.0.forward_with(p, s, &x[0].as_slice()[part], y))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (tape, inputs) = (at.grad.tape(), [at.inputs[0], at.inputs[1], at.grad]);
        vec![
            at.when(0, || tape.apply(InputGrad(Arc::clone(&self.0)), &inputs)),
            at.when(1, || tape.apply(ParamGrad(Arc::clone(&self.0)), &inputs)),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, p) = (at.inputs[0], at.inputs[1]);
        if sinks.wants(1) {
            let [dx, dp] = first(&self.0, x, p, at.grad);
            sinks.add(0, || dx);
            sinks.add(1, || dp);
        } else {
            sinks.add(0, || input_grad(&self.0, x, p, at.grad));
        }
        Handled::Yes
    }
}

impl<E: Elem> Op<E> for InputGrad<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        input_grad(&self.0, x[0], x[1], x[2])
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (x, p, dy, tape) = (at.inputs[0], at.inputs[1], at.inputs[2], at.grad.tape());
        let second = |wanted| tape.apply(Second(Arc::clone(&self.0), wanted), &[x, p, at.grad * dy]);
        vec![
            at.when(0, || second(Wanted::Dxx)),
            at.when(1, || second(Wanted::Dxp)),
            at.when(2, || tape.apply(Self(Arc::clone(&self.0)), &[x, p, at.grad])),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (x, p, dy) = (at.inputs[0], at.inputs[1], at.inputs[2]);
        if sinks.wants(0) || sinks.wants(1) {
            let [dx, dp] = input_second(&self.0, x, p, &elementwise::mul(at.grad, dy));
            sinks.add(0, || dx);
            sinks.add(1, || dp);
        }
        sinks.add(2, || input_grad(&self.0, x, p, at.grad));
        Handled::Yes
    }
}

impl<E: Elem> Op<E> for ParamGrad<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let [_, dp] = first(&self.0, x[0], x[1], x[2]);
        dp
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let inputs = [at.inputs[0], at.inputs[1], at.inputs[2], at.grad];
        let second = |wanted| at.grad.tape().apply(Second(Arc::clone(&self.0), wanted), &inputs);
        [Wanted::DxpAlong, Wanted::Dpp, Wanted::DpAlong]
            .into_iter()
            .enumerate()
            .map(|(i, wanted)| at.when(i, || second(wanted)))
            .collect()
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let [x, p, dy] = [0, 1, 2].map(|i| at.inputs[i]);
        for (i, g) in param_second(&self.0, [x, p, dy, at.grad]).into_iter().enumerate() {
            sinks.add(i, || g);
        }
        Handled::Yes
    }
}

impl<E: Elem> Op<E> for Second<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let second = || input_second(&self.0, x[0], x[1], x[2]);
        let along = || param_second(&self.0, [x[0], x[1], x[2], x[3]]);
        match self.1 {
            Wanted::Dxx => second().into_iter().next(),
            Wanted::Dxp => second().into_iter().nth(1),
            Wanted::DxpAlong => along().into_iter().next(),
            Wanted::Dpp => along().into_iter().nth(1),
            Wanted::DpAlong => along().into_iter().nth(2),
        }
        .expect("an output of the slice function")
    }
    fn vjp<'t>(&self, _: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        panic!("{}: third derivatives are not provided", self.0.name())
    }
}

/// f(x; p) with gradients for both. Keep the activation in an `Arc` where it is applied step after step; a `Box`, as
/// `AnyActivation::trainable` gives it, converts into one.
///
/// # Panics
/// If p has neither k numbers nor k for each channel (axis 1 of x) or for each number of an example.
#[track_caller]
pub fn trained<'t, E: Elem>(
    x: Var<'t, E>,
    p: Var<'t, E>,
    act: impl Into<Arc<dyn Trainable<E>>>,
) -> Var<'t, E> {
    x.tape().apply(Trained(act.into()), &[x, p])
}
