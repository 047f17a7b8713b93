//! The networks, as functions of parameters in PyTorch's order.

use candle_core::{Device, Module, Result, Tensor, Var};
use candle_nn::{Conv2d, Conv2dConfig, Linear};
use peer_terms::digits;
use peer_terms::nets::Net;
use std::path::Path;

/// The first n training examples: pixels [n, 784] in [0, 1], classes.
pub fn examples(
    folder: &Path,
    n: usize,
) -> std::result::Result<(Tensor, Tensor), Box<dyn std::error::Error>> {
    let (x, y) = digits::train(folder, n)?;
    let y: Vec<u32> = y.into_iter().map(u32::from).collect();
    Ok((Tensor::from_vec(x, (n, 784), &Device::Cpu)?, Tensor::from_vec(y, n, &Device::Cpu)?))
}

/// The parameters at the start of the comparison.
pub fn parameters(net: Net, first: u32) -> Result<Vec<Var>> {
    let var =
        |(shape, values)| Var::from_tensor(&Tensor::from_vec::<&[usize], f32>(values, shape, &Device::Cpu)?);
    net.parameters(first).into_iter().map(var).collect()
}

/// The output for rows of 784 pixels (100 numbers for the generator).
pub fn forward(net: Net, p: &[Tensor], x: &Tensor) -> Result<Tensor> {
    let n = x.dim(0)?;
    let y = match net {
        Net::Cnn => {
            let x = conv(p, 0, &x.reshape((n, 1, 28, 28))?, 1, 2)?.max_pool2d(2)?;
            let x = conv(p, 2, &x, 1, 2)?.max_pool2d(2)?;
            dense(&p[4..], x.flatten_from(1)?, None)?
        }
        Net::SmallCnn => {
            let x = conv(p, 0, &x.reshape((n, 1, 28, 28))?, 2, 1)?;
            dense(&p[4..], conv(p, 2, &x, 2, 1)?.flatten_from(1)?, None)?
        }
        _ => dense(p, x.clone(), net.linear())?,
    };
    if net.sigmoid() { candle_nn::ops::sigmoid(&y) } else { Ok(y) }
}

/// The parameters as tensors that lead gradients to the variables.
pub fn free(vars: &[Var]) -> Vec<Tensor> {
    vars.iter().map(|v| v.as_tensor().clone()).collect()
}

/// The same numbers, without gradients.
pub fn frozen(vars: &[Var]) -> Vec<Tensor> {
    vars.iter().map(|v| v.as_detached_tensor()).collect()
}

fn conv(p: &[Tensor], at: usize, x: &Tensor, stride: usize, padding: usize) -> Result<Tensor> {
    let config = Conv2dConfig { stride, padding, ..Conv2dConfig::default() };
    Conv2d::new(p[at].clone(), Some(p[at + 1].clone()), config).forward(x)?.relu()
}

/// Affine maps with ReLU between them, but behind the one at `linear`.
fn dense(p: &[Tensor], mut x: Tensor, linear: Option<usize>) -> Result<Tensor> {
    let n = p.len() / 2;
    for i in 0..n {
        x = Linear::new(p[2 * i].clone(), Some(p[2 * i + 1].clone())).forward(&x)?;
        if i + 1 < n && linear != Some(i) {
            x = x.relu()?;
        }
    }
    Ok(x)
}
