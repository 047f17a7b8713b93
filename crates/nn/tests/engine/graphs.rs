//! Networks of every form, and examples for them.

use sparring_activations::AnyActivation;
use sparring_autograd::{Var, ops};
use sparring_math::grammar::pieces;
use sparring_math::named::Range;
use sparring_nn::layers;
use sparring_nn::{
    AnyLayer, Cx, Graph, Layer, Mode, ParamInit, ParamKind, ParamSpec, ShapeError, Source, Span, register,
};
use sparring_seed::Key;
use sparring_tensor::{Elem, Shape};

pub fn act(name: &str) -> AnyLayer {
    layers::activation(&name.parse::<AnyActivation>().unwrap())
}
pub fn pool(kernel: usize, stride: usize) -> AnyLayer {
    layers::max_pool2d(kernel, stride)
}

/// Layers one after the other, by their names.
pub fn chain(input: [usize; 3], layers: &str) -> Graph {
    register::<Twist>();
    register::<Centre>();
    Graph::chain(input, pieces(layers).into_iter().map(|layer| layer.parse().unwrap()).collect())
}

/// Chains of every layer and form.
pub fn chains() -> Vec<Graph> {
    let of = [
        ([1, 5, 7], "flatten, linear(35, 50), relu, linear(50, 3)"),
        ([1, 1, 9], "flatten, linear(9, 4)"),
        ([2, 4, 4], "flatten, tanh, linear(32, 20), silu, elu, linear(20, 4)"),
        ([3, 8, 8], "conv2d(3, 16, 4, 2, 1), relu, conv2d(16, 33, 3, 1, 1), gelu, flatten, linear(528, 5)"),
        (
            [1, 12, 12],
            "conv2d(1, 8, 5, 1, 2), relu, max_pool2d(2), conv2d(8, 20, 3, 1, 1), tanh, max_pool2d(3, 2), max_pool2d(2, 1), dropout(0),
             flatten, linear(20, 4)",
        ),
        ([1, 6, 6], "max_pool2d(2), flatten, linear(9, 3)"),
        ([1, 2, 3], "flatten, linear(6, 16), relu, reshape(1-4-4), conv2d(1, 2, 3), flatten, linear(8, 3)"),
        // Dropout, learnt activations, clipped shapes: all as epilogues of a dense chain.
        ([1, 1, 20], "flatten, linear(20, 40), relu, dropout(0.3), linear(40, 30), prelu, linear(30, 7)"),
        (
            [1, 1, 20],
            "flatten, linear(20, 40), batch_norm(40), relu, linear(40, 30), layer_norm(30), silu, linear(30, 7)",
        ),
        (
            [2, 9, 7],
            "batch_norm(2), conv2d(2, 8, 3, 1, 1), batch_norm(8), relu, max_pool2d(2), conv2d(8, 6, 3, 2, 1), prelu, dropout(0.2),
             avg_pool2d(2, 1), flatten, batch_norm(6), linear(6, 3)",
        ),
        // From noise to an image, as a generator.
        (
            [1, 1, 10],
            "flatten, linear(10, 72), batch_norm(72), relu, reshape(8-3-3), conv_transpose2d(8, 5, 4, 2, 1), batch_norm(5), relu,
             conv_transpose2d(5, 2, 3, 2, 1), sigmoid",
        ),
        ([3, 5, 4], "normalize(0.1|0.2|0.3, 1|0.5|2), conv2d(3, 4, 3, 1, 1), relu, flatten, linear(80, 3)"),
        (
            [2, 4, 3],
            "conv2d(2, 8, 3, 1, 1), group_norm(2, 8), relu, dropout2d(0.3), upsample(2x1), swiglu, instance_norm(4, affine=true), gaussian_noise(0.1),
             maxout(2), upsample(2, mode=bilinear), rms_norm(16-6), flatten, linear(192, 5, parametrization=weight_norm), sigmoid, embedding(3, 2), flatten,
             linear(10, 3)",
        ),
        (
            [1, 4, 4],
            "conv2d(1, 6, 3, 1, 1, parametrization=spectral_norm), max_pool2d(2), dropout2d(0.4), conv_transpose2d(6, 2, 2, 2, parametrization=spectral_norm), selu,
             alpha_dropout(0.2), flatten, linear(32, 8, parametrization=spectral_norm), gaussian_dropout(0.3), glu, linear(4, 3)",
        ),
        (
            [2, 4, 3],
            "affine(2-1-1), permute(2-3-1), conv2d(4, 6, 2), clamp(-0.4, 0.5), permute(2-1-3), affine(2-6-1), flatten, linear(12, 6), affine(6), softmax, linear(6, 4),
             clamp(low=-1, high=none), log_softmax",
        ),
        (
            [2, 3, 3],
            "conv2d(2, 4, 3, 1, 1), relu, minibatch_stddev, flatten, linear(45, 6), minibatch_stddev, silu, linear(7, 3)",
        ),
        ([3, 6, 6], "conv2d(3, 5, 1), twist(0.5), global_avg_pool2d, flatten, centre, linear(5, 4)"),
    ];
    of.into_iter()
        .map(|(input, layers)| chain(input, layers))
        .chain([residual(), unlike_images(), gated()])
        .collect()
}

/// A sum of two flattened images of other forms: their numbers lie in other orders.
fn unlike_images() -> Graph {
    let mut g = Graph::new([1, 4, 4]);
    let mut from_input = |layers: &str| {
        let mut at = Source::Input;
        pieces(layers).iter().for_each(|layer| at = g.push_from(layer.parse().unwrap(), &[at]));
        at
    };
    // [4, 2, 2] and [2, 2, 4].
    let a = from_input("conv2d(1, 4, 3, 2, 1), flatten");
    let b = from_input("conv2d(1, 2, 3x1), flatten");
    let c = from_input("conv2d(1, 2, 3), reshape(8-1-1), flatten");
    let sum = g.push_from(layers::add(), &[a, b]);
    g.push_from(layers::concat(), &[sum, c]);
    g.push(layers::linear(24, 3));
    g
}

/// Products: of a value with itself, and of one that is read again.
fn gated() -> Graph {
    let mut g = chain([2, 4, 4], "conv2d(2, 3, 3, 1, 1)");
    let x = g.last();
    let gate = g.push(act("sigmoid"));
    g.push_from(layers::multiply(), &[x, gate, x]);
    g.push_from(layers::add(), &[g.last(), x]);
    g.push(layers::flatten());
    g.push(layers::linear(48, 3));
    g
}

fn residual() -> Graph {
    let mut g = chain([1, 8, 8], "conv2d(1, 6, 3, 1, 1), batch_norm(6), relu");
    let skip = g.last();
    for layer in pieces("conv2d(6, 6, 3, 1, 1), batch_norm(6), relu, conv2d(6, 6, 3, 1, 1)") {
        g.push(layer.parse().unwrap());
    }
    let deep = g.last();
    let wide = g.push_from(layers::conv2d(6, 6, 1, 1, 0), &[skip]);
    g.push_from(layers::add(), &[deep, wide]);
    let sum = g.push(act("relu"));
    g.push_from(layers::concat(), &[sum, skip, Source::Input]);
    g.push(layers::global_avg_pool2d());
    g.push(layers::flatten());
    g.push(layers::linear(13, 5));
    g
}

/// A layer of another crate, with a parameter and no instructions: y = x + by · w · x².
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Twist {
    pub by: f64,
}

impl Default for Twist {
    fn default() -> Self {
        Self { by: 0.5 }
    }
}

sparring_math::named! {
    Twist: "twist", [], "";
    by: Range::FINITE, "factor of the square";
}

impl Layer for Twist {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("weight", ParamKind::Weight, &[1], ParamInit::Constant(0.7))]
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let w = ops::broadcast_to(ops::reshape(p[0], &[1, 1, 1, 1][..x[0].shape().rank()]), x[0].shape());
        x[0] + ops::scale(ops::square(x[0]) * w, E::of(self.by))
    }
}

/// Posts a statistic though it may see a part of the batch only.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Careless {}

sparring_math::named! {
    Careless: "careless", [], "";
}

impl Layer for Careless {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("mean", ParamKind::Buffer, &[1], ParamInit::Constant(0.0))]
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        cx.learn(0, p[0].value());
        x[0]
    }
}

/// A layer that needs the whole batch in training: each number minus its mean over the batch.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Centre {}

sparring_math::named! {
    Centre: "centre", [], "";
}

impl Layer for Centre {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("mean", ParamKind::Buffer, &[1], ParamInit::Constant(0.0))]
    }
    fn span(&self) -> Span {
        Span::Batch
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let shape = x[0].shape();
        let rank = &[1, 1, 1, 1][..shape.rank()];
        if cx.mode() == Mode::Eval {
            return x[0] - ops::broadcast_to(ops::reshape(p[0], rank), shape);
        }
        let mut one = shape.dims().to_vec();
        one[0] = 1;
        let mean = ops::scale(ops::sum_to(x[0], Shape::new(&one)), E::of(1.0 / shape[0] as f64));
        let all = ops::scale(ops::sum_to(mean, Shape::new(rank)), E::of(1.0 / mean.shape().numel() as f64));
        cx.learn(0, all.value().reshape([1]));
        x[0] - mean
    }
}

pub fn examples<E: Elem>(spec: &Graph, n: usize) -> Vec<E> {
    let mut numbers = Key::new(5).rng(0);
    (0..n * spec.input.iter().product::<usize>()).map(|_| E::of(numbers.normal())).collect()
}
