//! What each layer is in operators of ONNX.

use super::writer::{Writer, float, int, ints, text};
use sparring_activations::AnyActivation;
use sparring_nn::AnyLayer;
use sparring_nn::layers::{
    Activated, Add, Affine, BatchNorm, Clamp, Concat, Conv2d, ConvTranspose2d, Flatten, GlobalAvgPool2d, Glu,
    GroupNorm, InstanceNorm, Interpolation, LayerNorm, Linear, Maxout, Multiply, Normalize, Parametrization,
    Permute, Pool, Pool2d, Reshape, RmsNorm, Softmax, Upsample,
};
use std::f64::consts::SQRT_2;

/// Writes the nodes of a layer that reads `inputs`, the first with examples of the extents `read`; the name of what it gives, or `None` for a layer without a
/// counterpart.
pub(super) fn layer(
    w: &mut Writer,
    layer: &AnyLayer,
    inputs: &[&str],
    read: &[usize],
    params: &[&str],
) -> Option<String> {
    let x = inputs[0];
    let with_params =
        |own: &[&'_ str]| -> Vec<String> { own.iter().chain(params).map(|n| n.to_string()).collect() };
    let with = with_params(&[x]);
    let with: Vec<&str> = with.iter().map(String::as_str).collect();
    let zero_or =
        |dims: &[usize]| -> Vec<i64> { std::iter::once(0).chain(dims.iter().map(|&d| d as i64)).collect() };
    // What stands for every rank: a number for each channel.
    let over_channels =
        |n: usize| -> Vec<usize> { std::iter::once(n).chain(vec![1; read.len() - 1]).collect() };
    let is_plain = |p: &Parametrization| *p == Parametrization::None;
    let pads = |[h, w]: [usize; 2]| ints("pads", &[h, w, h, w]);
    macro_rules! is {
        ($Layer:ident) => {
            layer.as_layer::<$Layer>()
        };
    }
    if let Some(a) = is!(Activated) {
        if a.groups == 1 {
            return activation(w, &a.function, x, params);
        }
        let dims = if a.groups == read[0] { over_channels(a.groups) } else { read.to_vec() };
        let is_prelu = matches!(a.function, AnyActivation::Prelu(_));
        return is_prelu.then(|| {
            w.set_extents(params[0], &dims);
            w.op("PRelu", &[x, params[0]], vec![])
        });
    }
    if let Some(l) = is!(Linear) {
        return is_plain(&l.parametrization).then(|| w.op("Gemm", &with, vec![int("transB", 1)]));
    }
    if let Some(c) = is!(Conv2d) {
        let attributes = vec![ints("kernel_shape", &c.kernel), ints("strides", &c.stride), pads(c.padding)];
        return is_plain(&c.parametrization).then(|| w.op("Conv", &with, attributes));
    }
    if let Some(c) = is!(ConvTranspose2d) {
        let attributes = vec![
            ints("kernel_shape", &c.kernel),
            ints("strides", &c.stride),
            pads(c.padding),
            ints("output_padding", &c.output_padding),
        ];
        return is_plain(&c.parametrization).then(|| w.op("ConvTranspose", &with, attributes));
    }
    Some(if let Some(p) = is!(Pool2d) {
        let mut attributes =
            vec![ints("kernel_shape", &p.kernel), ints("strides", &p.stride), pads(p.padding)];
        match p.pool {
            Pool::Max => w.op("MaxPool", &[x], attributes),
            Pool::Average => {
                attributes.push(int("count_include_pad", 1));
                w.op("AveragePool", &[x], attributes)
            }
        }
    } else if is!(GlobalAvgPool2d).is_some() {
        w.op("GlobalAveragePool", &[x], vec![])
    } else if let Some(n) = is!(BatchNorm) {
        w.op("BatchNormalization", &with, vec![float("epsilon", n.eps)])
    } else if let Some(n) = is!(LayerNorm) {
        w.op("LayerNormalization", &with, vec![int("axis", -(n.shape.len() as i64)), float("epsilon", n.eps)])
    } else if let Some(n) = is!(InstanceNorm) {
        let (one, zero) = (vec![1.0; n.channels], vec![0.0; n.channels]);
        if n.affine {
            w.op("InstanceNormalization", &with, vec![float("epsilon", n.eps)])
        } else {
            let (one, zero) = (w.floats("one", &[n.channels], &one), w.floats("zero", &[n.channels], &zero));
            w.op("InstanceNormalization", &[x, &one, &zero], vec![float("epsilon", n.eps)])
        }
    } else if let Some(n) = is!(GroupNorm) {
        let groups = w.whole("groups", &[0, n.groups as i64, -1]);
        let (one, zero) = (
            w.floats("one", &[n.groups], &vec![1.0; n.groups]),
            w.floats("zero", &[n.groups], &vec![0.0; n.groups]),
        );
        let y = w.op("Reshape", &[x, &groups], vec![]);
        let y = w.op("InstanceNormalization", &[&y, &one, &zero], vec![float("epsilon", n.eps)]);
        let back = w.whole("shape", &zero_or(read));
        let y = w.op("Reshape", &[&y, &back], vec![]);
        let [weight, bias] = params[..] else { return Some(y) };
        let channels: Vec<i64> = over_channels(n.channels).iter().map(|&d| d as i64).collect();
        let channels = w.whole("channels", &channels);
        let [weight, bias] = [weight, bias].map(|p| w.op("Reshape", &[p, &channels], vec![]));
        let y = w.op("Mul", &[&y, &weight], vec![]);
        w.op("Add", &[&y, &bias], vec![])
    } else if let Some(n) = is!(RmsNorm) {
        let axes: Vec<i64> = (1..=n.shape.len() as i64).map(|i| -i).collect();
        let squares = w.op("Mul", &[x, x], vec![]);
        let axes = super::proto::AttributeProto { ints: axes, ..ints("axes", &[]) };
        let mean = w.op("ReduceMean", &[&squares], vec![axes, int("keepdims", 1)]);
        let eps = w.number("eps", n.eps.unwrap_or(f64::from(f32::EPSILON)));
        let mean = w.op("Add", &[&mean, &eps], vec![]);
        let root = w.op("Sqrt", &[&mean], vec![]);
        let y = w.op("Div", &[x, &root], vec![]);
        match params {
            [weight] => w.op("Mul", &[&y, weight], vec![]),
            _ => y,
        }
    } else if let Some(n) = is!(Normalize) {
        let dims = over_channels(n.mean.len());
        let (mean, std) = (w.floats("mean", &dims, &n.mean), w.floats("std", &dims, &n.std));
        let y = w.op("Sub", &[x, &mean], vec![]);
        w.op("Div", &[&y, &std], vec![])
    } else if is!(Add).is_some() {
        chain(w, "Add", inputs)
    } else if is!(Multiply).is_some() {
        chain(w, "Mul", inputs)
    } else if is!(Concat).is_some() {
        w.op("Concat", inputs, vec![int("axis", 1)])
    } else if is!(Flatten).is_some() {
        w.op("Flatten", &[x], vec![int("axis", 1)])
    } else if let Some(r) = is!(Reshape) {
        let shape = w.whole("shape", &zero_or(&r.shape));
        w.op("Reshape", &[x, &shape], vec![])
    } else if is!(Affine).is_some() {
        let y = w.op("Mul", &[x, params[0]], vec![]);
        w.op("Add", &[&y, params[1]], vec![])
    } else if let Some(p) = is!(Permute) {
        let perm: Vec<usize> = std::iter::once(0).chain(p.axes.iter().copied()).collect();
        w.op("Transpose", &[x], vec![ints("perm", &perm)])
    } else if let Some(s) = is!(Softmax) {
        w.op(if s.log { "LogSoftmax" } else { "Softmax" }, &[x], vec![int("axis", -1)])
    } else if let Some(c) = is!(Clamp) {
        let limit = |w: &mut Writer, what, v: Option<f64>| v.map_or(String::new(), |v| w.number(what, v));
        let (low, high) = (limit(w, "low", c.low), limit(w, "high", c.high));
        w.op("Clip", &[x, &low, &high], vec![])
    } else if let Some(u) = is!(Upsample) {
        let scales = w.floats("scales", &[4], &[1.0, 1.0, u.scale[0] as f64, u.scale[1] as f64]);
        let how = match u.mode {
            Interpolation::Nearest => {
                vec![
                    text("mode", "nearest"),
                    text("coordinate_transformation_mode", "asymmetric"),
                    text("nearest_mode", "floor"),
                ]
            }
            Interpolation::Bilinear => {
                vec![text("mode", "linear"), text("coordinate_transformation_mode", "half_pixel")]
            }
        };
        w.op("Resize", &[x, "", &scales], how)
    } else if let Some(g) = is!(Glu) {
        let half = (read[0] / 2) as i64;
        let [zero, middle, end, axis] = [("zero", 0), ("middle", half), ("end", 2 * half), ("axis", 1)]
            .map(|(what, v)| w.whole(what, &[v]));
        let first = w.op("Slice", &[x, &zero, &middle, &axis], vec![]);
        let second = w.op("Slice", &[x, &middle, &end, &axis], vec![]);
        let gate = activation(w, &g.gate, &second, &[])?;
        w.op("Mul", &[&first, &gate], vec![])
    } else if let Some(m) = is!(Maxout) {
        let (k, c) = (m.pieces, read[0] / m.pieces);
        let split: Vec<usize> = [c, k].into_iter().chain(read[1..].iter().copied()).collect();
        let split = w.whole("split", &zero_or(&split));
        let y = w.op("Reshape", &[x, &split], vec![]);
        w.op("ReduceMax", &[&y], vec![ints("axes", &[2]), int("keepdims", 0)])
    } else if ["dropout", "dropout2d", "alpha_dropout", "gaussian_dropout", "gaussian_noise"]
        .contains(&layer.tag())
    {
        w.op("Identity", &[x], vec![])
    } else {
        return None;
    })
}

/// x₀ ∘ x₁ ∘ .., from the left.
fn chain(w: &mut Writer, op: &str, inputs: &[&str]) -> String {
    let mut y = inputs[0].to_string();
    for next in &inputs[1..] {
        y = w.op(op, &[&y, next], vec![]);
    }
    y
}

/// An activation, by operators of its own or by its formula.
fn activation(w: &mut Writer, function: &AnyActivation, x: &str, params: &[&str]) -> Option<String> {
    Some(match function {
        AnyActivation::Identity(_) => w.op("Identity", &[x], vec![]),
        AnyActivation::Sigmoid(_) => w.op("Sigmoid", &[x], vec![]),
        AnyActivation::Tanh(_) => w.op("Tanh", &[x], vec![]),
        AnyActivation::Relu(_) => w.op("Relu", &[x], vec![]),
        AnyActivation::LeakyRelu(f) => w.op("LeakyRelu", &[x], vec![float("alpha", f.slope)]),
        AnyActivation::Prelu(_) => w.op("PRelu", &[x, params.first()?], vec![]),
        AnyActivation::Elu(f) => w.op("Elu", &[x], vec![float("alpha", f.alpha)]),
        AnyActivation::Selu(_) => w.op("Selu", &[x], vec![]),
        AnyActivation::Celu(f) => w.op("Celu", &[x], vec![float("alpha", f.alpha)]),
        AnyActivation::Silu(_) => {
            let gate = w.op("Sigmoid", &[x], vec![]);
            w.op("Mul", &[x, &gate], vec![])
        }
        AnyActivation::Mish(_) => {
            let y = w.op("Softplus", &[x], vec![]);
            let gate = w.op("Tanh", &[&y], vec![]);
            w.op("Mul", &[x, &gate], vec![])
        }
        AnyActivation::Gelu(_) => {
            // ½ x (1 + erf(x / √2)).
            let [root, one, half] =
                [("root", SQRT_2), ("one", 1.0), ("half", 0.5)].map(|(what, v)| w.number(what, v));
            let y = w.op("Div", &[x, &root], vec![]);
            let y = w.op("Erf", &[&y], vec![]);
            let y = w.op("Add", &[&y, &one], vec![]);
            let y = w.op("Mul", &[x, &y], vec![]);
            w.op("Mul", &[&y, &half], vec![])
        }
        AnyActivation::Softplus(f) if f.beta == 1.0 => w.op("Softplus", &[x], vec![]),
        AnyActivation::Softplus(f) => {
            let beta = w.number("beta", f.beta);
            let y = w.op("Mul", &[x, &beta], vec![]);
            let y = w.op("Softplus", &[&y], vec![]);
            w.op("Div", &[&y, &beta], vec![])
        }
        _ => return None,
    })
}
