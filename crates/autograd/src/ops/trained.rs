//! Activations with learnt parameters: differentiable in the input and in the parameters.
//!
//! y = f(x; p); p has the k numbers of the activation, once for the whole tensor (`[k]`) or once a channel
//! (`[channels, k]`, or `[channels]` where k = 1), channels being axis 1 of x.

use crate::{Op, Var, Vjp, ops};
use sparring_activations::Trainable;
use sparring_tensor::{Array, Elem, Shape};
use std::fmt;

/// Which derivative of f(x; p) a node holds.
#[derive(Clone, Copy, Debug)]
enum Part {
    F,
    Dx,
    Dp(usize),
    Dxx,
    DxDp(usize),
    DpDp(usize, usize),
}

/// `make` gives the activation; its parameters are set from p before use.
#[derive(Clone)]
struct Trained<F> {
    make: F,
    part: Part,
}

impl<F> fmt::Debug for Trained<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trained({:?})", self.part)
    }
}

/// A maker of activations that can be kept on a tape.
pub trait Make<E: Elem>: Fn() -> Box<dyn Trainable<E>> + Clone + Send + Sync + 'static {}
impl<E: Elem, F: Fn() -> Box<dyn Trainable<E>> + Clone + Send + Sync + 'static> Make<E> for F {}

/// Most parameters an activation may have (see `Trainable::params`).
const MOST: usize = 16;

impl<F> Trained<F> {
    /// The derivative `part` at the same point.
    fn part<'t, E: Elem>(&self, part: Part, at: &Vjp<'_, 't, E>) -> Var<'t, E>
    where
        F: Make<E>,
    {
        at.grad.tape().apply(Self { make: self.make.clone(), part }, at.inputs)
    }
    /// Cotangent of p: the sum of g · `part(j)` over the elements that share parameter j.
    fn to_params<'t, E: Elem>(&self, at: &Vjp<'_, 't, E>, part: impl Fn(usize) -> Part) -> Var<'t, E>
    where
        F: Make<E>,
    {
        let (x, p, k) = (at.inputs[0].shape(), at.inputs[1].shape(), (self.make)().params().len());
        let groups = p.numel() / k;
        let columns: Vec<_> = (0..k)
            .map(|j| {
                let all = at.grad * self.part(part(j), at);
                ops::reshape(ops::sum_to(all, shared(x, groups)), [groups, 1])
            })
            .collect();
        ops::reshape(ops::concat(&columns, 1), p)
    }
}

/// The shape that keeps the channel axis if there are parameters for each channel.
fn shared(x: Shape, groups: usize) -> Shape {
    let mut dims = [1; 4];
    if groups > 1 {
        dims[1] = groups;
    }
    Shape::new(&dims[..x.rank()])
}

impl<E: Elem, F: Make<E>> Op<E> for Trained<F> {
    fn name(&self) -> &'static str {
        (self.make)().about().name
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let mut act = (self.make)();
        let (shape, p, k) = (x[0].shape(), x[1].as_slice(), act.params().len());
        let groups = p.len() / k;
        let fits = k <= MOST && groups * k == p.len() && (groups == 1 || (shape.rank() > 1 && shape[1] == groups));
        assert!(fits, "{}: parameters {} do not fit an input {shape}", act.about().name, x[1].shape());
        // A run of elements shares its parameters: everything, or one channel of one example.
        let run = if groups == 1 { x[0].len().max(1) } else { shape.dims()[2..].iter().product() };
        let mut y = Array::stale(shape);
        let (mut buf, mut unit) = ([E::ZERO; MOST], [E::ZERO; MOST]);
        for (i, (out, x)) in y.as_mut_slice().chunks_mut(run).zip(x[0].as_slice().chunks(run)).enumerate() {
            let g = i % groups;
            act.set(&p[g * k..(g + 1) * k]);
            if let Part::F = self.part {
                act.forward(x, out);
                continue;
            }
            for (out, &x) in out.iter_mut().zip(x) {
                *out = match self.part {
                    Part::F => act.f(x),
                    Part::Dx => act.df(x),
                    Part::Dxx => act.d2f(x),
                    Part::Dp(j) => {
                        act.dparams(x, &mut buf[..k]);
                        buf[j]
                    }
                    Part::DxDp(j) => {
                        act.ddf_dparams(x, &mut buf[..k]);
                        buf[j]
                    }
                    Part::DpDp(j, l) => {
                        unit.fill(E::ZERO);
                        unit[l] = E::ONE;
                        act.d2params(x, &unit[..k], &mut buf[..k]);
                        buf[j]
                    }
                };
            }
        }
        y
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let dx = |part| at.when(0, || at.grad * self.part(part, &at));
        match self.part {
            Part::F => vec![dx(Part::Dx), at.when(1, || self.to_params(&at, Part::Dp))],
            Part::Dx => vec![dx(Part::Dxx), at.when(1, || self.to_params(&at, Part::DxDp))],
            Part::Dp(j) => vec![dx(Part::DxDp(j)), at.when(1, || self.to_params(&at, |l| Part::DpDp(j, l)))],
            Part::Dxx | Part::DxDp(_) | Part::DpDp(..) => {
                panic!("{}: third derivatives are not provided", (self.make)().about().name)
            }
        }
    }
}

/// f(x; p) with gradients for both; `make` gives the activation whose parameters p replaces.
///
/// # Panics
/// If p has neither k numbers nor k for each channel (axis 1 of x).
#[track_caller]
pub fn trained<'t, E: Elem>(x: Var<'t, E>, p: Var<'t, E>, make: impl Make<E>) -> Var<'t, E> {
    x.tape().apply(Trained { make, part: Part::F }, &[x, p])
}
