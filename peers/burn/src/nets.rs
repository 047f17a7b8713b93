//! The networks: burn's layers, as its users put them together.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Int, Tensor, TensorData};
use peer_terms::digits;
use peer_terms::nets::Net;
use std::path::Path;

/// The first n training examples: pixels [n, 784] in [0, 1], classes.
pub fn examples(
    folder: &Path,
    n: usize,
    device: &Device,
) -> Result<(Tensor<2>, Tensor<1, Int>), Box<dyn std::error::Error>> {
    let (x, y) = digits::train(folder, n)?;
    let y: Vec<i64> = y.into_iter().map(i64::from).collect();
    let x = Tensor::from_data(TensorData::new(x, [n, 784]), device);
    Ok((x, Tensor::from_data(TensorData::new(y, [n]), device)))
}

/// Convolutions, each with ReLU and perhaps a maximum over 2x2, then affine maps with ReLU between them.
#[derive(Module, Debug)]
pub struct Model {
    convs: Vec<Conv2d>,
    pool: Option<MaxPool2d>,
    dense: Vec<Linear>,
    linear: Option<usize>,
    sigmoid: bool,
}

impl Model {
    /// A network with its parameters at the start of the comparison; trained if the device has autodiff.
    pub fn new(net: Net, first: u32, device: &Device) -> Self {
        let mut values = net.parameters(first).into_iter();
        let (mut convs, mut dense) = (Vec::new(), Vec::new());
        while let (Some((shape, weight)), Some((_, bias))) = (values.next(), values.next()) {
            let bias = {
                let n = bias.len();
                Some(Param::from_data(TensorData::new(bias, [n]), device))
            };
            match *shape {
                [out, inputs, h, w] => {
                    let (stride, padding) = if net == Net::Cnn { (1, 2) } else { (2, 1) };
                    let layer = Conv2dConfig::new([inputs, out], [h, w])
                        .with_stride([stride, stride])
                        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
                        .init(device);
                    let weight = Param::from_data(TensorData::new(weight, [out, inputs, h, w]), device);
                    convs.push(Conv2d { weight, bias, ..layer });
                }
                [out, inputs] => {
                    let columns = (0..inputs).flat_map(|i| (0..out).map(move |o| o * inputs + i));
                    let weight: Vec<f32> = columns.map(|at| weight[at]).collect();
                    let weight = Param::from_data(TensorData::new(weight, [inputs, out]), device);
                    dense.push(Linear { weight, bias });
                }
                _ => unreachable!("weights have rank 2 or 4"),
            }
        }
        let pool = (net == Net::Cnn).then(|| MaxPool2dConfig::new([2, 2]).init());
        Self { convs, pool, dense, linear: net.linear(), sigmoid: net.sigmoid() }
    }

    /// The output for rows of 784 pixels (100 numbers for the generator).
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut x = if self.convs.is_empty() { x } else { self.features(x) };
        for (i, layer) in self.dense.iter().enumerate() {
            x = layer.forward(x);
            if i + 1 < self.dense.len() && self.linear != Some(i) {
                x = relu(x);
            }
        }
        if self.sigmoid { sigmoid(x) } else { x }
    }

    fn features(&self, x: Tensor<2>) -> Tensor<2> {
        let n = x.dims()[0];
        let mut x = x.reshape([n, 1, 28, 28]);
        for layer in &self.convs {
            x = relu(layer.forward(x));
            if let Some(pool) = &self.pool {
                x = pool.forward(x);
            }
        }
        x.flatten(1, 3)
    }
}
