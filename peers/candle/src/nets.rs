//! The networks, as functions of parameters in PyTorch's order.

use crate::streams::uniform;
use candle_core::{Device, Module, Result, Tensor, Var};
use candle_nn::{Conv2d, Conv2dConfig, Linear};

/// Which network.
#[derive(Clone, Copy, PartialEq)]
pub enum Net {
    Mlp,
    Cnn,
    SmallCnn,
    Autoencoder,
    Generator,
    Discriminator,
}

impl Net {
    /// Shapes of the weights; each has a bias.
    fn weights(self) -> &'static [&'static [usize]] {
        match self {
            Self::Mlp => &[&[128, 784], &[64, 128], &[10, 64]],
            Self::Cnn => &[&[32, 1, 5, 5], &[64, 32, 5, 5], &[1024, 3136], &[10, 1024]],
            Self::SmallCnn => &[&[16, 1, 4, 4], &[32, 16, 4, 4], &[100, 1568], &[10, 100]],
            Self::Autoencoder => &[&[64, 784], &[32, 64], &[32, 32], &[32, 32], &[64, 32], &[784, 64]],
            Self::Generator => &[&[128, 100], &[128, 128], &[784, 128]],
            Self::Discriminator => &[&[128, 784], &[128, 128], &[1, 128]],
        }
    }

    /// Its parameters at the start of the comparison.
    pub fn parameters(self, first: u32) -> Result<Vec<Var>> {
        let (mut stream, mut out) = (first, Vec::new());
        for shape in self.weights() {
            let bound = 1.0 / (shape[1..].iter().product::<usize>() as f32).sqrt();
            for shape in [shape, &shape[..1]] {
                let values = uniform(stream, shape.iter().product(), -1.0, 1.0);
                let values: Vec<f32> = values.into_iter().map(|u| bound * u).collect();
                out.push(Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu)?)?);
                stream += 1;
            }
        }
        Ok(out)
    }

    /// The output for rows of 784 pixels (100 numbers for the generator).
    pub fn forward(self, p: &[Tensor], x: &Tensor) -> Result<Tensor> {
        let n = x.dim(0)?;
        match self {
            Self::Cnn => {
                let x = conv(p, 0, &x.reshape((n, 1, 28, 28))?, 1, 2)?.max_pool2d(2)?;
                let x = conv(p, 2, &x, 1, 2)?.max_pool2d(2)?;
                dense(&p[4..], x.flatten_from(1)?, None)
            }
            Self::SmallCnn => {
                let x = conv(p, 0, &x.reshape((n, 1, 28, 28))?, 2, 1)?;
                dense(&p[4..], conv(p, 2, &x, 2, 1)?.flatten_from(1)?, None)
            }
            Self::Autoencoder => candle_nn::ops::sigmoid(&dense(p, x.clone(), Some(2))?),
            Self::Generator => candle_nn::ops::sigmoid(&dense(p, x.clone(), None)?),
            Self::Mlp | Self::Discriminator => dense(p, x.clone(), None),
        }
    }
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
