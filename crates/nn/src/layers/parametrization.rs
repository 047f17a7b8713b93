//! Weights that are functions of other tensors, with PyTorch's semantics and names (`torch.nn.utils.parametrizations`).
//!
//! weight norm      W = g ⊙ V / ‖V‖, a norm and a g for each entry of axis 0 (Salimans and Kingma 2016, arXiv:1602.07868)
//! spectral norm    W = V / σ, σ = uᵀ M v the largest singular value of V as a matrix M, whose rows are the output channels (Miyato et al. 2018, arXiv:1802.05957);
//!                  in training one power iteration u ← M v / ‖M v‖, v ← Mᵀ u / ‖Mᵀ u‖ goes before, and the gradient takes u and v as constants

use crate::{Cost, Cx, Init, Lowering, Mode, ParamInit, ParamKind, ParamSpec, Span};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Tape, Var, ops};
use sparring_tensor::{Array, Elem, Shape, Trans, layout, matmul};

/// What the weight of a linear layer or a convolution is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parametrization {
    /// Nothing: it is a parameter.
    #[default]
    None,
    /// A direction and a length for each entry of axis 0.
    WeightNorm,
    /// A tensor over its largest singular value.
    SpectralNorm,
}

sparring_math::value_of_words!(Parametrization {
    None = "none",
    WeightNorm = "weight_norm" | "weight",
    SpectralNorm = "spectral_norm" | "spectral"
});

/// Power iterations before the first step, as PyTorch does.
const FIRST_ITERATIONS: usize = 15;

/// The parameters of a linear map or a convolution.
#[derive(Clone, Copy, Debug)]
pub(super) struct WeightAndBias<'a> {
    pub parametrization: Parametrization,
    /// Extents of the weight.
    pub shape: &'a [usize],
    /// The axis of the outputs.
    pub outputs: usize,
    pub bias: bool,
    pub init: Init,
}

impl WeightAndBias<'_> {
    /// Weight and bias `[outputs]`; before what makes the weight the bias, as in PyTorch. The fan-in is that of axis 1, as PyTorch counts it: of a transposed convolution it is
    /// counted over the outputs.
    pub fn parameters(&self) -> Vec<ParamSpec> {
        let Self { shape, init, .. } = *self;
        let fan_in = shape[1..].iter().fold(1usize, |a, &b| a.saturating_mul(b));
        let bias =
            ParamSpec::new("bias", ParamKind::Bias, &[shape[self.outputs]], ParamInit::Bias(init, fan_in));
        let weight = |name| ParamSpec::new(name, ParamKind::Weight, shape, ParamInit::Weight(init));
        let vector = |name, n| ParamSpec::new(name, ParamKind::Buffer, &[n], ParamInit::Normal);
        let mut all = Vec::new();
        match self.parametrization {
            Parametrization::None => {
                all.push(weight("weight"));
                all.extend(self.bias.then_some(bias));
                return all;
            }
            Parametrization::WeightNorm => {
                let mut each = vec![1; shape.len()];
                each[0] = shape[0];
                let length = ParamInit::Constant(1.0);
                all.push(ParamSpec::new("parametrizations.weight.original0", ParamKind::Norm, &each, length));
                all.push(weight("parametrizations.weight.original1"));
            }
            Parametrization::SpectralNorm => {
                let rows = shape[self.outputs];
                let columns = shape.iter().fold(1usize, |a, &b| a.saturating_mul(b)) / rows.max(1);
                all.push(weight("parametrizations.weight.original"));
                all.push(vector("parametrizations.weight.0._u", rows));
                all.push(vector("parametrizations.weight.0._v", columns));
            }
        }
        if self.bias {
            all.insert(0, bias);
        }
        all
    }
    /// Lengths of weights as they were drawn; u and v after some power iterations.
    pub fn set_dependent<E: Elem>(&self, values: &mut [Array<E>]) {
        let values = &mut values[usize::from(self.bias)..];
        match (self.parametrization, values) {
            (Parametrization::WeightNorm, [g, v]) => {
                let each = v.len() / g.len().max(1);
                let rows = v.as_slice().chunks_exact(each.max(1));
                g.as_mut_slice().iter_mut().zip(rows).for_each(|(g, v)| *g = norm(v));
            }
            (Parametrization::SpectralNorm, [w, u, v]) => {
                let m = self.matrix_of(w);
                *v = unit(v.clone());
                for _ in 0..FIRST_ITERATIONS {
                    [*u, *v] = iterated(&m, v);
                }
            }
            _ => {}
        }
    }
    /// The weight that the parameters make, and the bias, if there is one.
    pub fn of<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>]) -> (Var<'t, E>, Option<Var<'t, E>>) {
        if self.parametrization == Parametrization::None {
            return (p[0], p.get(1).copied());
        }
        let first = usize::from(self.bias);
        let (bias, p) = (p[..first].first().copied(), &p[first..]);
        let weight = match self.parametrization {
            Parametrization::WeightNorm => {
                let lengths = ops::sqrt(ops::sum_to(ops::square(p[1]), p[0].shape()));
                p[1] * (p[0] / lengths)
            }
            _ => {
                let m = self.matrix(p[0]);
                let [u, v] = match cx.mode() {
                    Mode::Eval => [p[1], p[2]],
                    Mode::Train => {
                        let new = iterated(&m.value(), &p[2].value());
                        for (i, value) in new.iter().enumerate() {
                            cx.learn(first + 1 + i, value.clone());
                        }
                        new.map(|value| cx.tape().constant(value))
                    }
                };
                let [rows, columns] = [u, v].map(|x| x.shape().numel());
                let along = ops::matmul(m, ops::reshape(v, [columns, 1]));
                p[0] / ops::sum(along * ops::reshape(u, [rows, 1]))
            }
        };
        (weight, bias)
    }
    /// The weight in evaluation.
    pub fn weight(&self, params: &[&Array<f32>]) -> Array<f32> {
        let tape = Tape::new();
        let params: Vec<_> = params.iter().map(|&p| tape.constant(p.clone())).collect();
        self.of(&Cx::eval(&tape), &params).0.value()
    }
    /// The cost of the layer, of which `plain` is that with a weight that is a parameter. Where it is made of others, each shard makes it, and its gradient.
    pub fn cost(&self, plain: Cost) -> Cost {
        if self.parametrization == Parametrization::None {
            return plain;
        }
        let weight = self.shape.iter().fold(1u64, |a, &b| a.saturating_mul(b as u64));
        Cost { workspace: plain.workspace.saturating_add(weight.saturating_mul(8)), ..plain }
    }
    /// The axes of the weight with that of the outputs in front.
    fn axes(&self) -> Vec<usize> {
        let mut axes: Vec<usize> = (0..self.shape.len()).collect();
        axes.swap(0, self.outputs);
        axes
    }
    /// Rows and columns of the weight as a matrix.
    fn extents(&self) -> [usize; 2] {
        let rows = self.shape[self.outputs];
        [rows, self.shape.iter().product::<usize>() / rows]
    }
    fn matrix<'t, E: Elem>(&self, w: Var<'t, E>) -> Var<'t, E> {
        let w = if self.outputs == 0 { w } else { ops::permute(w, &self.axes()) };
        ops::reshape(w, self.extents())
    }
    fn matrix_of<E: Elem>(&self, w: &Array<E>) -> Array<E> {
        layout::permute(w, &self.axes()).reshape(Shape::new(&self.extents()))
    }
}

impl Parametrization {
    /// How the layer runs: a weight that has to be computed first is computed on a tape.
    pub(super) fn lower(self, plain: Lowering) -> Lowering {
        if self == Self::None { plain } else { Lowering::Tape }
    }
    /// Vectors of a power iteration are committed once a step, as statistics of a batch are.
    pub(super) fn span(self) -> Span {
        if self == Self::SpectralNorm { Span::Batch } else { Span::Example }
    }
}

fn norm<E: Elem>(x: &[E]) -> E {
    x.iter().fold(E::ZERO, |sum, &v| sum + v * v).sqrt()
}

/// x / ‖x‖; PyTorch takes a norm below 1e-12 for that.
fn unit<E: Elem>(mut x: Array<E>) -> Array<E> {
    let (length, least) = (norm(x.as_slice()), E::of(1e-12));
    let length = if length < least { least } else { length };
    x.as_mut_slice().iter_mut().for_each(|v| *v /= length);
    x
}

/// u and v after a power iteration from v.
fn iterated<E: Elem>(m: &Array<E>, v: &Array<E>) -> [Array<E>; 2] {
    let [rows, columns] = [m.shape()[0], m.shape()[1]];
    let u = matmul(m, Trans::No, &v.clone().reshape([columns, 1]), Trans::No);
    let u = unit(u.reshape([rows]));
    let v = matmul(m, Trans::Yes, &u.clone().reshape([rows, 1]), Trans::No);
    [u, unit(v.reshape([columns]))]
}
