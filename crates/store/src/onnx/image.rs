//! Convolutions, pools and normalisations.

use super::builder::{Builder, vector};
use super::call::{Call, Value};
use super::constant::Constant;
use super::live::Live;
use super::window::Window;
use crate::StoreError;
use sparring_nn::layers::{
    Affine, BatchNorm, Conv2d, ConvTranspose2d, InstanceNorm, LayerNorm, Pool, Pool2d, global_avg_pool2d,
};
use sparring_tensor::Array;

type Read = Result<Value, StoreError>;

/// Most numbers of a weight whose groups or dilation are filled up with zeros.
const MOST_FILLED: usize = 1 << 23;

/// The value as an image `[c, h, w]`: a row of pixels is one of height 1.
fn image(call: &Call<'_>, b: &mut Builder, x: Live) -> Result<(Live, [usize; 3]), StoreError> {
    let dims = match x.dims[..] {
        [c, h, w] => [c, h, w],
        [c, w] => [c, 1, w],
        _ => return Err(call.wrong(format!("examples of {:?}, which are no images", x.dims))),
    };
    let (border, by) = (x.border, x.reshaped_by.clone());
    let x = b.shaped(call.name(), Live { border: [0; 4], ..x }.seen_as(dims.to_vec(), &by))?;
    Ok((Live { border, ..x }, dims))
}

/// The output as the file sees it: a row again, if it read one.
fn like(y: Live, is_row: bool) -> Value {
    let dims = if is_row { vec![y.shape[0], y.shape[2]] } else { y.shape.clone() };
    y.seen_as(dims, "").into()
}

/// `[a, b, kh, kw]` of a weight; of one of three axes, kh is 1.
fn weight_dims(call: &Call<'_>, weight: &Constant) -> Result<[usize; 4], StoreError> {
    match weight.dims[..] {
        _ if weight.numbers.len() == 0 => Err(call.wrong("a weight without a number")),
        [a, b, h, w] => Ok([a, b, h, w]),
        [a, b, w] => Ok([a, b, 1, w]),
        _ => Err(call.wrong(format!("a weight of {:?}", weight.dims))),
    }
}

fn bias_of(call: &Call<'_>, i: usize, outputs: usize) -> Result<Option<Array<f32>>, StoreError> {
    let Some(c) = call.optional(i)? else { return Ok(None) };
    let fits = c.numbers.len() == outputs;
    vector(c, outputs).filter(|_| fits).map(Some).ok_or_else(|| call.wrong(format!("a bias of {:?}", c.dims)))
}

/// Conv. Groups, dilations and borders that differ from side to side become zeros of a larger kernel: y is the same.
pub(super) fn conv(call: &Call<'_>, b: &mut Builder) -> Read {
    let (x, is_row) = (call.bordered(0)?, call.bordered(0)?.dims.len() == 2);
    let weight = call.constant(1)?;
    let [outputs, per_group, kh, kw] = weight_dims(call, weight)?;
    let (x, [channels, h, w]) = image(call, b, x)?;
    // The window is that of the file: of a row, one number each.
    let seen = x.clone().seen_as(if is_row { vec![channels, w] } else { x.dims.clone() }, "");
    let window = Window::of(call, &seen, [h, w], Some([kh, kw]))?;
    let groups = usize::try_from(call.int("group", 1)).unwrap_or(0);
    if groups == 0 || groups.checked_mul(per_group) != Some(channels) || !outputs.is_multiple_of(groups) {
        return Err(call.wrong(format!(
            "{groups} groups of {per_group} channels for {channels} channels and {outputs} outputs"
        )));
    }
    let bias = bias_of(call, 2, outputs)?;
    // Zeros before and after the kernel, where the image has a narrower border there than on the other side.
    let padding = [0, 1].map(|i| window.before[i].max(window.after[i]));
    let lead = [0, 1].map(|i| padding[i] - window.before[i]);
    let kernel = [0, 1]
        .map(|i| lead[i] + (window.kernel[i] - 1) * window.dilation[i] + 1 + padding[i] - window.after[i]);
    let is_filled = groups > 1 || kernel != window.kernel;
    let shape = [outputs, channels, kernel[0], kernel[1]];
    let numbers =
        shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|n| !is_filled || *n <= MOST_FILLED);
    if numbers.is_none() {
        return Err(call.wrong(format!(
            "filled up with zeros its weight would be {shape:?}, more than this program will hold"
        )));
    }
    let array = if is_filled {
        let values = weight.floats();
        let mut array = Array::zeros(shape);
        let out = array.as_mut_slice();
        for (i, &v) in values.iter().enumerate() {
            let (column, row) = (i % kw, i / kw % kh);
            let (input, output) = (i / (kw * kh) % per_group, i / (kw * kh * per_group));
            let channel = output / (outputs / groups) * per_group + input;
            let [y, x] = [lead[0] + row * window.dilation[0], lead[1] + column * window.dilation[1]];
            out[((output * channels + channel) * kernel[0] + y) * kernel[1] + x] = v;
        }
        array
    } else {
        weight.array(&shape)
    };
    if groups > 1 {
        b.tell(format!("{} has {groups} groups: its weight is filled up with zeros", call.name()));
    }
    let (inputs, stride) = (channels, window.stride);
    let layer =
        Conv2d { inputs, outputs, kernel, stride, padding, bias: bias.is_some(), ..Conv2d::default() };
    let weights = std::iter::once(array).chain(bias).collect();
    let y = b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights)?;
    Ok(like(y, is_row))
}

/// ConvTranspose.
pub(super) fn conv_transpose(call: &Call<'_>, b: &mut Builder) -> Read {
    let (x, is_row) = (call.live(0)?, call.live(0)?.dims.len() == 2);
    let weight = call.constant(1)?;
    let [inputs, outputs, kh, kw] = weight_dims(call, weight)?;
    let (x, [channels, h, w]) = image(call, b, x)?;
    let seen = x.clone().seen_as(if is_row { vec![channels, w] } else { x.dims.clone() }, "");
    let window = Window::of(call, &seen, [h, w], Some([kh, kw]))?;
    let simple = call.int("group", 1) == 1 && window.dilation == [1; 2] && !call.has("output_shape");
    let (true, Some(padding), "NOTSET") =
        (simple, window.padding(), call.text("auto_pad", "NOTSET").as_str())
    else {
        return Err(call.wrong("one group, no dilation, equal borders and no output_shape are read"));
    };
    let output_padding = match call.ints("output_padding") {
        None => [0; 2],
        Some(&[a, b]) if !is_row => [a, b].map(|v| usize::try_from(v).unwrap_or(usize::MAX)),
        Some(&[a]) if is_row => [0, usize::try_from(a).unwrap_or(usize::MAX)],
        Some(other) => return Err(call.wrong(format!("output_padding is {other:?}"))),
    };
    let bias = bias_of(call, 2, outputs)?;
    let (kernel, stride) = (window.kernel, window.stride);
    let layer = ConvTranspose2d {
        inputs,
        outputs,
        kernel,
        stride,
        padding,
        output_padding,
        bias: bias.is_some(),
        ..ConvTranspose2d::default()
    };
    let weights = std::iter::once(weight.array(&[inputs, outputs, kh, kw])).chain(bias).collect();
    let y = b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights)?;
    Ok(like(y, is_row))
}

/// MaxPool and AveragePool.
pub(super) fn pool(call: &Call<'_>, b: &mut Builder) -> Read {
    let (x, is_row) = (call.live(0)?, call.live(0)?.dims.len() == 2);
    let window = {
        let (h, w) = match x.dims[..] {
            [_, h, w] => (h, w),
            [_, w] => (1, w),
            _ => return Err(call.wrong(format!("examples of {:?}, which are no images", x.dims))),
        };
        Window::of(call, &x, [h, w], None)?
    };
    let (x, [_, h, w]) = image(call, b, x)?;
    if window.dilation != [1; 2] {
        return Err(call.wrong("a dilation; windows without gaps are read"));
    }
    if call.int("ceil_mode", 0) != 0 && window.leaves_pixels([h, w]) {
        return Err(call.wrong("ceil_mode with windows that go beyond the image"));
    }
    let Some(padding) = window.padding() else {
        return Err(call.wrong("a border that differs from side to side"));
    };
    let is_max = call.node.op_type == "MaxPool";
    let (kernel, stride) = (window.kernel, window.stride);
    let layer = Pool2d { pool: if is_max { Pool::Max } else { Pool::Average }, kernel, stride, padding };
    let mut y = b.push((call.name(), ""), layer.into(), &[x.source], Vec::new())?;
    if !is_max && padding != [0; 2] && call.int("count_include_pad", 0) == 0 {
        // The mean of the pixels alone: that over the window, times its numbers, by theirs.
        let shape = vec![1, y.shape[1], y.shape[2]];
        let inside = |axis: usize, i: usize| {
            let (from, extent) = (i * stride[axis], [h, w][axis] + padding[axis]);
            (from + kernel[axis]).min(extent) - from.max(padding[axis])
        };
        let all = (kernel[0] * kernel[1]) as f32;
        let columns = shape[2];
        let scale = Array::from_fn(shape.as_slice(), |i| {
            all / (inside(0, i / columns) * inside(1, i % columns)) as f32
        });
        let shift = Array::zeros(shape.as_slice());
        let name = format!("{}/pixels", call.name());
        y = b.push((&name, ""), Affine { shape }.into(), &[y.source], vec![scale, shift])?;
    }
    Ok(like(y, is_row))
}

/// GlobalMaxPool.
pub(super) fn global_max(call: &Call<'_>, b: &mut Builder) -> Read {
    let (x, is_row) = (call.live(0)?, call.live(0)?.dims.len() == 2);
    let (x, [_, h, w]) = image(call, b, x)?;
    let layer = Pool2d { pool: Pool::Max, kernel: [h, w], stride: [h, w], padding: [0; 2] };
    let y = b.push((call.name(), ""), layer.into(), &[x.source], Vec::new())?;
    Ok(like(y, is_row))
}

/// GlobalAveragePool, and ReduceMean over all pixels.
pub(super) fn global_mean(call: &Call<'_>, b: &mut Builder) -> Read {
    let x = call.live(0)?;
    let rank = x.dims.len();
    let mut keeps = true;
    if call.node.op_type == "ReduceMean" {
        let axes = call.numbers("axes", 1)?.unwrap_or_default();
        let mut axes: Vec<usize> = axes.iter().map(|&a| call.axis(a, rank + 1)).collect::<Result<_, _>>()?;
        axes.sort_unstable();
        if rank < 2 || axes != (2..=rank).collect::<Vec<_>>() {
            return Err(call.wrong("a mean over other axes than all pixels of each channel"));
        }
        keeps = call.int("keepdims", 1) != 0;
    }
    let (x, [channels, _, _]) = image(call, b, x)?;
    let y = b.push((call.name(), ""), global_avg_pool2d(), &[x.source], Vec::new())?;
    let dims = if keeps { vec![1; rank - 1] } else { Vec::new() };
    let dims = std::iter::once(channels).chain(dims).collect();
    Ok(y.seen_as(dims, "").into())
}

/// Parameters of `n` numbers each, from these inputs.
fn parameters(call: &Call<'_>, inputs: &[usize], n: usize) -> Result<Vec<Array<f32>>, StoreError> {
    let one = |&i: &usize| {
        let c = call.constant(i)?;
        if c.numbers.len() != n {
            return Err(call.wrong(format!("its input {i} has {} numbers, {n} are needed", c.numbers.len())));
        }
        Ok(c.array(&[n]))
    };
    inputs.iter().map(one).collect()
}

/// BatchNormalization in evaluation.
pub(super) fn batch_norm(call: &Call<'_>, b: &mut Builder) -> Read {
    if call.int("training_mode", 0) != 0 {
        return Err(
            call.wrong("by the statistics of the batch; export the network in evaluation, after net.eval()")
        );
    }
    let x = call.live(0)?;
    let (rank, channels) = (x.dims.len(), x.dims.first().copied().unwrap_or(0));
    let weights = parameters(call, &[1, 2, 3, 4], channels)?;
    if weights[3].as_slice().iter().any(|&v| v < 0.0) {
        return Err(call.wrong("a variance below 0"));
    }
    let x = if rank == 1 { b.shaped(call.name(), x)? } else { image(call, b, x)?.0 };
    let layer = BatchNorm { channels, eps: call.float("epsilon", 1e-5), ..BatchNorm::default() };
    let y = b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights)?;
    Ok(if rank == 1 { y.into() } else { like(y, rank == 2) })
}

/// InstanceNormalization.
pub(super) fn instance_norm(call: &Call<'_>, b: &mut Builder) -> Read {
    let x = call.live(0)?;
    let is_row = x.dims.len() == 2;
    let (x, [channels, _, _]) = image(call, b, x)?;
    let weights = parameters(call, &[1, 2], channels)?;
    let layer = InstanceNorm { channels, eps: call.float("epsilon", 1e-5), affine: true };
    let y = b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights)?;
    Ok(like(y, is_row))
}

/// LayerNormalization over the last axes.
pub(super) fn layer_norm(call: &Call<'_>, b: &mut Builder) -> Read {
    let x = call.live(0)?;
    let axis = call.axis(call.int("axis", -1), x.dims.len() + 1)?;
    let scale = call.constant(1)?;
    let Some(shape) =
        axis.checked_sub(1).map(|from| x.dims[from..].to_vec()).filter(|shape| *shape == scale.dims)
    else {
        return Err(call.wrong(format!(
            "over axes from {axis} of examples of {:?}, with a scale of {:?}",
            x.dims, scale.dims
        )));
    };
    let shift = match call.optional(2)? {
        None => Array::zeros(shape.as_slice()),
        Some(c) if c.dims == shape => c.array(&shape),
        Some(c) => return Err(call.wrong(format!("a shift of {:?}", c.dims))),
    };
    let weights = vec![scale.array(&shape), shift];
    let x = b.shaped(call.name(), x)?;
    let layer = LayerNorm { shape, eps: call.float("epsilon", 1e-5) };
    b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights).map(Value::from)
}
