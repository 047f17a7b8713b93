//! The networks and the first values of their parameters, in PyTorch's order and layout.

use crate::streams::uniform;

/// Which network.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    pub fn weights(self) -> &'static [&'static [usize]] {
        match self {
            Self::Mlp => &[&[128, 784], &[64, 128], &[10, 64]],
            Self::Cnn => &[&[32, 1, 5, 5], &[64, 32, 5, 5], &[1024, 3136], &[10, 1024]],
            Self::SmallCnn => &[&[16, 1, 4, 4], &[32, 16, 4, 4], &[100, 1568], &[10, 100]],
            Self::Autoencoder => &[&[64, 784], &[32, 64], &[32, 32], &[32, 32], &[64, 32], &[784, 64]],
            Self::Generator => &[&[128, 100], &[128, 128], &[784, 128]],
            Self::Discriminator => &[&[128, 784], &[128, 128], &[1, 128]],
        }
    }

    /// Shape and values of each parameter at the start of the comparison, weight then bias.
    pub fn parameters(self, first: u32) -> Vec<(&'static [usize], Vec<f32>)> {
        let (mut stream, mut out) = (first, Vec::new());
        for shape in self.weights() {
            let bound = 1.0 / (shape[1..].iter().product::<usize>() as f32).sqrt();
            for shape in [shape, &shape[..1]] {
                let values = uniform(stream, shape.iter().product(), -1.0, 1.0);
                out.push((shape, values.into_iter().map(|u| bound * u).collect()));
                stream += 1;
            }
        }
        out
    }

    /// The affine map behind which no ReLU stands although others follow.
    pub fn linear(self) -> Option<usize> {
        (self == Self::Autoencoder).then_some(2)
    }

    /// Whether a sigmoid stands at the end.
    pub fn sigmoid(self) -> bool {
        matches!(self, Self::Autoencoder | Self::Generator)
    }
}
