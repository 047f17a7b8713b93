//! Images unlike those of the training.

use super::spread::rows;
use sparring_datasets::{DataError, Pixels, Split};
use sparring_metrics::{auroc, mse};

/// Images that a reconstruction error is to tell from test images.
#[derive(Clone, Debug)]
pub struct Outliers {
    /// The images.
    pub images: Split,
    /// What they are.
    pub words: String,
}

impl Outliers {
    /// The images of a split with opposite quarters exchanged: the same pixels and so the same ink, in another order, for any set. `None` of examples that are less than 2 high or wide.
    ///
    /// # Errors
    /// As [`Split::of_many_classes`].
    pub fn quarters_exchanged(of: &Split) -> Result<Option<Self>, DataError> {
        let [c, h, w] = of.shape();
        if h.min(w) < 2 {
            return Ok(None);
        }
        let (from, at) =
            (rows(of), |i: usize, y: usize, x: usize| (i * h + (y + h / 2) % h) * w + (x + w / 2) % w);
        let mut pixels = Vec::with_capacity(from.len());
        for i in 0..of.len() * c {
            (0..h).for_each(|y| pixels.extend((0..w).map(|x| from[at(i, y, x)])));
        }
        let images = Split::new(Pixels::F32(pixels.into()), of.shape(), vec![0; of.len()])?;
        Ok(Some(Self { images, words: "test images with opposite quarters exchanged".into() }))
    }
}

/// Squared error of each row.
pub(super) fn errors(x: &[f32], y: &[f32], dim: usize) -> Vec<f64> {
    x.chunks_exact(dim).zip(y.chunks_exact(dim)).map(|(x, y)| mse(x, y)).collect()
}

/// Area under the ROC curve of the error as a sign of what is unlike, given the rows of both kinds and their reconstructions.
pub(super) fn roc_area(unlike: [&[f32]; 2], usual: [&[f32]; 2], dim: usize) -> Option<f64> {
    auroc(&errors(unlike[0], unlike[1], dim), &errors(usual[0], usual[1], dim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_change_places_and_no_pixel_is_lost() {
        let pixels: Vec<f32> = (0..2 * 12).map(|i| i as f32 / 24.0).collect();
        let split = Split::new(Pixels::F32(pixels.clone().into()), [1, 3, 4], vec![0, 1]).unwrap();
        let found = Outliers::quarters_exchanged(&split).unwrap().unwrap();
        let row = found.images.row(1);
        // Row 0 is row 1 of the image, its columns from the middle on first.
        assert_eq!(row[..4], [18.0, 19.0, 16.0, 17.0].map(|v| v / 24.0));
        let sorted = |mut row: Vec<f32>| {
            row.sort_by(f32::total_cmp);
            row
        };
        assert_eq!(sorted(row), pixels[12..]);
        let points = Split::new(Pixels::F32(vec![0.5; 4].into()), [1, 1, 2], vec![0, 1]).unwrap();
        assert!(Outliers::quarters_exchanged(&points).unwrap().is_none());
    }

    #[test]
    fn larger_errors_are_signs() {
        let usual = [0.0, 0.0, 1.0, 1.0];
        let found = roc_area([&[0.0, 1.0], &[1.0, 0.0]], [&usual, &[0.0, 0.1, 1.0, 0.9]], 2);
        assert_eq!(found, Some(1.0));
    }
}
