//! Inputs that the benchmarks share. The benchmarks themselves are the files of `benches/`:
//! `cargo xtask bench`, or `cargo xtask bench gemm`; `SPARRING_ISA` and `RAYON_NUM_THREADS` apply.
#![forbid(unsafe_code)]

use sparring_seed::Key;
use sparring_tensor::{Shape, Tensor};

/// Normal numbers of this shape; the same for the same seed.
pub fn normal(shape: &[usize], seed: u64) -> Tensor {
    let mut numbers = Key::new(seed).rng(0);
    Tensor::from_fn(Shape::new(shape), |_| numbers.normal() as f32)
}

/// A convolution: input, weight, output, all with stride 2 and padding 1.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Name in the results.
    pub name: &'static str,
    /// `[n, channels, height, width]`.
    pub input: [usize; 4],
    /// `[out, in, height, width]`.
    pub weight: [usize; 4],
    /// `[n, out, height, width]`.
    pub output: [usize; 4],
}

impl Convolution {
    /// Multiplications of one pass, an addition with each.
    pub fn multiplications(&self) -> u64 {
        let outputs: usize = self.output.iter().product();
        let each: usize = self.weight[1..].iter().product();
        (outputs * each) as u64
    }
}

/// The convolutions of the FGSM-RS net at batch 128.
pub const FGSM_RS: [Convolution; 2] = [
    Convolution {
        name: "1-16-28",
        input: [128, 1, 28, 28],
        weight: [16, 1, 4, 4],
        output: [128, 16, 14, 14],
    },
    Convolution {
        name: "16-32-14",
        input: [128, 16, 14, 14],
        weight: [32, 16, 4, 4],
        output: [128, 32, 7, 7],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_tensor::{ConvGeometry, conv2d};

    #[test]
    fn the_shapes_fit() {
        for c in FGSM_RS {
            let geometry = ConvGeometry { stride: [2, 2], padding: [1, 1] };
            let y = conv2d(&normal(&c.input, 1), &normal(&c.weight, 2), None, geometry);
            assert_eq!(y.shape().dims(), c.output, "{}", c.name);
        }
        assert_eq!(FGSM_RS[0].multiplications(), 128 * 16 * 14 * 14 * 16);
    }
}
