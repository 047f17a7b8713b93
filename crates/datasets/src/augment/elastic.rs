//! Elastic deformation.
//!
//! d = alpha · G_sigma ∗ U, U uniform in [−1, 1) for each pixel and axis, G a normalised Gaussian cut off at 4 sigma, zeros beyond the border;
//! y[p] = x[p + d(p)], bilinear, zeros beyond the border
//! source   Simard, Steinkraus, Platt 2003

use super::contract::Augmentation;
use super::image_buffers::ImageBuffers;
use super::plane_map::sample;
use sparring_math::named::Range;
use sparring_seed::Stream;

/// Moves each pixel by a smooth random field.
///
/// Source: Simard, Steinkraus, Platt 2003, doi:10.1109/ICDAR.2003.1227801; filter and border as `scipy.ndimage.gaussian_filter(mode="constant")`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elastic {
    /// Factor of the filtered noise, in pixels.
    pub alpha: f64,
    /// Standard deviation of the filter, in pixels.
    pub sigma: f64,
}

impl Default for Elastic {
    fn default() -> Self {
        Self { alpha: 34.0, sigma: 4.0 }
    }
}

sparring_math::named! {
    Elastic: "elastic", [], "Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801";
    alpha: Range::from_to(0.0, 1e6), "factor of the filtered noise, in pixels";
    sigma: Range::above_to(0.0, 100.0), "standard deviation of the filter, in pixels";
}

impl Augmentation for Elastic {
    const ABOUT: &'static str = "moves each pixel by a smooth random field";

    fn apply(&self, pixels: &mut [f32], shape: [usize; 3], buffers: &mut ImageBuffers, rng: &mut Stream) {
        let [_, h, w] = shape;
        for field in &mut buffers.fields {
            field.resize(h * w, 0.0);
            rng.fill_uniform_in(-1.0, 1.0, field);
        }
        self.along(pixels, shape, buffers);
    }
}

impl Elastic {
    /// Filters the noise in the fields and moves the pixels by it.
    fn along(&self, pixels: &mut [f32], shape: [usize; 3], buffers: &mut ImageBuffers) {
        let w = shape[2];
        let ImageBuffers { padded, fields, between, weights } = buffers;
        self.weights(weights);
        fields.iter_mut().for_each(|field| filter(field, w, weights, between));
        let [down, right] = &*fields;
        sample(pixels, shape, padded, |y, x| [y as f32 + down[y * w + x], x as f32 + right[y * w + x]]);
    }
    /// The Gaussian from its middle outwards, times the root of alpha: it is used on both axes.
    fn weights(&self, out: &mut Vec<f32>) {
        let reach = (4.0 * self.sigma + 0.5) as usize;
        let at = |k: usize| (-0.5 * (k as f64 / self.sigma).powi(2)).exp();
        let sum = 1.0 + 2.0 * (1..=reach).map(at).sum::<f64>();
        out.clear();
        out.extend((0..=reach).map(|k| (self.alpha.sqrt() * at(k) / sum) as f32));
    }
}

/// A symmetric filter along columns, then along rows of length `w`; zeros beyond the border.
fn filter(field: &mut [f32], w: usize, weights: &[f32], between: &mut Vec<f32>) {
    let h = field.len() / w;
    between.clear();
    between.resize(field.len(), 0.0);
    for (y, to) in between.chunks_exact_mut(w).enumerate() {
        for (from, row) in field.chunks_exact(w).enumerate().take(h) {
            if let Some(&weight) = weights.get(y.abs_diff(from)) {
                to.iter_mut().zip(row).for_each(|(to, v)| *to += weight * v);
            }
        }
    }
    field.fill(0.0);
    for (to, row) in field.chunks_exact_mut(w).zip(between.chunks_exact(w)) {
        for (k, &weight) in weights.iter().enumerate().take(w) {
            to[k..].iter_mut().zip(row).for_each(|(to, v)| *to += weight * v);
            if k > 0 {
                to.iter_mut().zip(&row[k..]).for_each(|(to, v)| *to += weight * v);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::golden::Golden;

    #[test]
    fn fields_and_pixels_are_those_of_scipy() {
        let golden = Golden::open();
        for (name, shape, elastic) in [
            ("elastic", [1, 12, 9], Elastic { alpha: 34.0, sigma: 4.0 }),
            ("elastic_rgb", [3, 7, 10], Elastic { alpha: 8.0, sigma: 1.3 }),
        ] {
            let mut pixels = golden.numbers(name, "x");
            let fields = ["down", "right"].map(|field| golden.numbers(name, field));
            let mut buffers = ImageBuffers { fields, ..ImageBuffers::default() };
            elastic.along(&mut pixels, shape, &mut buffers);
            golden.near(name, "y", &pixels);
        }
    }
}
