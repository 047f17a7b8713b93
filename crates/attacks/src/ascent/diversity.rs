//! Input diversity: the gradient is taken at a smaller copy of the image, put somewhere into a frame.
//!
//! copy     the image with sides s, uniform in [⌊rate · width⌋, width), by bilinear interpolation (pixel centres, as PyTorch's `align_corners=False`)
//! frame    the copy at a uniform place, zeros (or the nearest number of the box) around it
//! source   Xie et al. 2019, arXiv:1803.06978; sizes below the image's own as in torchattacks, since a network takes one size
//!
//! All of it is linear in the image, so the gradient at the image is the adjoint of the copy applied to the gradient at the frame.

use sparring_seed::Stream;

/// How images are copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diversity {
    /// The smallest copy, as a share of the width.
    pub(crate) rate: f64,
    /// How often there is a copy at all.
    pub(crate) probability: f64,
}

/// One copy of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    shape: [usize; 3],
    size: [usize; 2],
    at: [usize; 2],
}

impl Diversity {
    /// Draws a copy; `None`: the image as it is.
    pub(crate) fn draw(&self, shape: [usize; 3], rng: &mut Stream) -> Option<Copied> {
        let [_, height, width] = shape;
        let copied = rng.uniform_f64() < self.probability;
        let least = ((self.rate * width as f64) as usize).max(1);
        if !copied || least >= width {
            return None;
        }
        let mut below = |n: usize| if n == 0 { 0 } else { rng.below(n as u32) as usize };
        let side = least + below(width - least);
        let size = [(side * height / width).max(1), side];
        let at = [below(height - size[0]), below(width - size[1])];
        Some(Copied { shape, size, at })
    }
}

/// Where coordinate `i` of a copy `to` long lies in an original `from` long: two neighbours, and the share of the second.
fn source(i: usize, from: usize, to: usize) -> (usize, usize, f32) {
    let at = ((i as f32 + 0.5) * (from as f32 / to as f32) - 0.5).max(0.0);
    let low = (at as usize).min(from - 1);
    (low, (low + 1).min(from - 1), at - low as f32)
}

impl Copied {
    /// Tells `each` of every number of the copy: its place in the frame, and the four places of the image it is mixed from, with their shares.
    fn each(&self, mut each: impl FnMut(usize, [(usize, f32); 4])) {
        let ([channels, height, width], [rows, columns]) = (self.shape, self.size);
        for c in 0..channels {
            for i in 0..rows {
                let (up, down, low) = source(i, height, rows);
                for j in 0..columns {
                    let (left, right, across) = source(j, width, columns);
                    let at = |i: usize, j: usize| (c * height + i) * width + j;
                    let from = [
                        (at(up, left), (1.0 - low) * (1.0 - across)),
                        (at(up, right), (1.0 - low) * across),
                        (at(down, left), low * (1.0 - across)),
                        (at(down, right), low * across),
                    ];
                    each(at(i + self.at[0], j + self.at[1]), from);
                }
            }
        }
    }
    /// The copy of `image` in a frame of this colour.
    pub(crate) fn copy(&self, image: &[f32], colour: f32, frame: &mut [f32]) {
        frame.fill(colour);
        self.each(|to, from| frame[to] = from.iter().map(|&(at, share)| share * image[at]).sum());
    }
    /// The gradient at the image, given that at the frame.
    pub(crate) fn adjoint(&self, frame: &[f32], image: &mut [f32]) {
        image.fill(0.0);
        self.each(|to, from| from.iter().for_each(|&(at, share)| image[at] += share * frame[to]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    const SHAPE: [usize; 3] = [2, 6, 9];

    /// Every copy that is drawn in many tries, once each.
    fn all() -> Vec<Copied> {
        let often = Diversity { rate: 0.4, probability: 1.0 };
        let mut drawn: Vec<Copied> = Vec::new();
        for i in 0..2000 {
            let one = often.draw(SHAPE, &mut Key::new(1).rng(i)).unwrap();
            if !drawn.contains(&one) {
                drawn.push(one);
            }
        }
        drawn
    }

    #[test]
    fn the_adjoint_is_that_of_the_copy() {
        let n = SHAPE.iter().product();
        for (i, copied) in all().iter().enumerate() {
            let mut rng = Key::new(2).rng(i as u64);
            let (u, v): (Vec<f32>, Vec<f32>) =
                (0..n).map(|_| (rng.normal() as f32, rng.normal() as f32)).unzip();
            let (mut copy, mut back) = (vec![0.0; n], vec![0.0; n]);
            copied.copy(&u, 0.0, &mut copy);
            copied.adjoint(&v, &mut back);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            assert!((dot(&copy, &v) - dot(&u, &back)).abs() < 1e-4, "{copied:?}");
        }
    }

    #[test]
    fn copies_are_smaller_images_in_a_frame() {
        let drawn = all();
        let mut sizes: Vec<_> = drawn.iter().map(|c| c.size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        assert_eq!(sizes, [[2, 3], [2, 4], [3, 5], [4, 6], [4, 7], [5, 8]]);
        // A grey image is a grey copy; the rest of the frame has its colour.
        let n = SHAPE.iter().product();
        for copied in drawn {
            let mut frame = vec![9.0; n];
            copied.copy(&vec![0.25; n], 0.0, &mut frame);
            let grey = frame.iter().filter(|v| (**v - 0.25).abs() < 1e-6).count();
            let black = frame.iter().filter(|v| **v == 0.0).count();
            assert_eq!((grey, grey + black), (SHAPE[0] * copied.size[0] * copied.size[1], n));
        }
        let never = Diversity { rate: 0.4, probability: 0.0 };
        assert_eq!(never.draw(SHAPE, &mut Key::new(1).rng(0)), None);
        let whole = Diversity { rate: 1.0, probability: 1.0 };
        assert_eq!(whole.draw([1, 1, 1], &mut Key::new(1).rng(0)), None);
        assert_eq!(whole.draw(SHAPE, &mut Key::new(1).rng(0)), None);
    }

    /// PyTorch 2: `F.interpolate(torch.tensor([[[[1., 2., 4., 8.]]]]), size=[1, 3], mode="bilinear", align_corners=False)`.
    #[test]
    fn interpolation_is_that_of_pytorch() {
        let copied = Copied { shape: [1, 1, 4], size: [1, 3], at: [0, 1] };
        let mut frame = [0.0; 4];
        copied.copy(&[1.0, 2.0, 4.0, 8.0], 0.5, &mut frame);
        let want = [0.5, 1.1666666, 3.0, 7.3333335];
        assert!(frame.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-6), "{frame:?}");
    }
}
