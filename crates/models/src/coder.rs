//! What codes images and decodes codes, whatever it was trained by.

use crate::{Autoencoder, Vae, VqVae};
use sparring_tensor::Array;

/// A model that turns an image into a row of numbers and such a row into an image.
pub trait ImageCoder: Sync {
    /// `[channels, height, width]` of an image.
    fn image_shape(&self) -> [usize; 3];
    /// Numbers of a code.
    fn code_numbers(&self) -> usize;
    /// The codes `[n, code]` of x `[n, c, h, w]`; of a model whose codes are distributions, their means.
    ///
    /// # Panics
    /// If x does not have the shape of the model's images.
    fn codes_of(&self, x: Array<f32>) -> Array<f32>;
    /// Whether codes can be decoded by themselves: not where the decoder reads the image too, past the code.
    fn decodes(&self) -> bool {
        true
    }
    /// The pixels `[n, c·h·w]` of codes z, `n · code` numbers.
    ///
    /// # Panics
    /// If z does not hold whole codes, or codes cannot be [decoded](Self::decodes).
    fn images_of(&self, z: Array<f32>) -> Array<f32>;
    /// Of a model whose codes are entries of a table: those of x `[n, c, h, w]`, row after row, and how many entries there are.
    ///
    /// # Panics
    /// If x does not have the shape of the model's images.
    fn symbols_of(&self, _: Array<f32>) -> Option<(Vec<u32>, usize)> {
        None
    }
    /// The reconstruction `[n, c·h·w]` of x `[n, c, h, w]`.
    ///
    /// # Panics
    /// If x does not have the shape of the model's images.
    fn reconstruction_of(&self, x: Array<f32>) -> Array<f32> {
        self.images_of(self.codes_of(x))
    }
}

impl ImageCoder for Autoencoder {
    fn image_shape(&self) -> [usize; 3] {
        self.spec().input
    }
    fn code_numbers(&self) -> usize {
        self.code()
    }
    fn codes_of(&self, x: Array<f32>) -> Array<f32> {
        self.encode(x)
    }
    fn decodes(&self) -> bool {
        self.spec().is_chain()
    }
    fn images_of(&self, z: Array<f32>) -> Array<f32> {
        self.decode(z)
    }
    fn reconstruction_of(&self, x: Array<f32>) -> Array<f32> {
        self.reconstruct(x)
    }
}

impl ImageCoder for Vae {
    fn image_shape(&self) -> [usize; 3] {
        self.shape()
    }
    fn code_numbers(&self) -> usize {
        self.latent()
    }
    fn codes_of(&self, x: Array<f32>) -> Array<f32> {
        self.encode(x).0
    }
    fn images_of(&self, z: Array<f32>) -> Array<f32> {
        let x = self.decode(z);
        let (n, all) = (x.shape()[0], x.len());
        x.reshape([n, all / n.max(1)])
    }
}

/// Codes are the quantised vectors, channels first; what is decoded is quantised first.
impl ImageCoder for VqVae {
    fn image_shape(&self) -> [usize; 3] {
        self.shape()
    }
    fn code_numbers(&self) -> usize {
        self.dim() * self.places()
    }
    fn codes_of(&self, x: Array<f32>) -> Array<f32> {
        let z = self.vectors_of(x);
        Array::from_slice(z.shape(), &self.quantised(&self.entries_of(z.as_slice())))
    }
    fn images_of(&self, z: Array<f32>) -> Array<f32> {
        let quantised = self.quantised(&self.entries_of(z.as_slice()));
        self.decode(Array::from_slice([z.len()], &quantised))
    }
    fn symbols_of(&self, x: Array<f32>) -> Option<(Vec<u32>, usize)> {
        Some((self.entries_of(self.vectors_of(x).as_slice()), self.entries()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arch, ModelKind};
    use sparring_seed::Key;

    #[test]
    fn a_decoded_code_is_the_reconstruction() {
        let x = Array::from_fn([3, 1, 28, 28], |i| (i * 7919 % 101) as f32 / 101.0);
        for info in crate::ALL.iter().filter(|info| info.family == ModelKind::Autoencoder) {
            let arch: Arch = info.name.parse().unwrap();
            let (spec, encoder) = arch.autoencoder().unwrap();
            let model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
            let z = model.codes_of(x.clone());
            assert_eq!(z.shape().dims(), [3, model.code_numbers()], "{arch}");
            assert_eq!(model.images_of(z).as_slice(), model.reconstruct(x.clone()).as_slice(), "{arch}");
        }
        let vae = Vae::new("vae".parse::<Arch>().unwrap().vae().unwrap(), Key::new(1)).unwrap();
        let through = vae.images_of(vae.codes_of(x.clone()));
        assert_eq!(through.shape().dims(), [3, 784]);
        assert_eq!(through.as_slice(), vae.reconstruct(x).as_slice());
    }
}
