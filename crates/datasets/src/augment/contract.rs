//! What an augmentation is.

use super::image_buffers::ImageBuffers;
use super::mix::Mix;
use super::plane_map::PlaneMap;
use sparring_math::named::Named;
use sparring_seed::Stream;

/// A random change of training images, drawn anew for each example and epoch: it does one of three things.
pub trait Augmentation: Named {
    /// What it does, in one line.
    const ABOUT: &'static str;
    /// Whether it makes one image of two: then [`mix`](Self::mix) is called once a batch, and nothing else.
    const MIXES: bool = false;

    /// Refuses images of `[h, w]` of which it may leave nothing, in words that say what would do.
    ///
    /// # Errors
    /// These words.
    fn check_size(&self, size: [usize; 2]) -> Result<(), String> {
        let _ = size;
        Ok(())
    }
    /// Where each pixel is taken from, for a change that moves pixels by a map of the plane; maps of neighbours in a chain become one.
    fn map(&self, rng: &mut Stream) -> Option<PlaneMap> {
        let _ = rng;
        None
    }
    /// Changes the pixels of one image in place, where there is no [`map`](Self::map).
    ///
    /// # Shapes
    /// `pixels` `c · h · w` for `[c, h, w]`.
    fn apply(&self, pixels: &mut [f32], shape: [usize; 3], buffers: &mut ImageBuffers, rng: &mut Stream) {
        let _ = (pixels, shape, buffers, rng);
    }
    /// How the images of a batch are mixed with those of others.
    fn mix(&self, shape: [usize; 3], rng: &mut Stream) -> Option<Mix> {
        let _ = (shape, rng);
        None
    }
}
