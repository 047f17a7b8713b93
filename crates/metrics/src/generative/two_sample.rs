//! Can the nearest neighbour tell generated samples from real ones?

use crate::MetricsError;
use crate::pairs::kth_nearest_squares;
use crate::rows::at_least;

/// Leave-one-out accuracy of the nearest-neighbour classifier "real or generated?" on both sets together.
///
/// 0.5 means that the sets cannot be told apart; 1 that they lie apart, 0 that every generated sample is a copy of a real one.
/// Take equally many of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeighbourTest {
    /// Over both sets.
    pub accuracy: f64,
    /// Share of the real samples whose nearest neighbour is real.
    pub real: f64,
    /// Share of the generated samples whose nearest neighbour is generated.
    pub generated: f64,
}

/// [`NeighbourTest`] of `generated` against `real`; where a real and a generated neighbour are equally near, it is right by half.
///
/// # Shapes
/// `real` [n, dim], `generated` [m, dim], at least two rows each
///
/// # Errors
/// Fewer rows, a broken last row, a NaN or infinity.
///
/// Source: Lopez-Paz and Oquab 2017 (arXiv:1610.06545); Xu et al. 2018 (arXiv:1806.07755), section 2.
///
/// ```
/// let apart = sparring_metrics::neighbour_test(&[0.0, 1.0], &[10.0, 11.0], 1)?;
/// assert_eq!((apart.accuracy, apart.real, apart.generated), (1.0, 1.0, 1.0));
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn neighbour_test(real: &[f32], generated: &[f32], dim: usize) -> Result<NeighbourTest, MetricsError> {
    let n = at_least("real samples", real, dim, 2)?;
    let m = at_least("generated samples", generated, dim, 2)?;
    let right = |own: &[f32], other: &[f32]| -> f64 {
        let within = kth_nearest_squares(own, own, dim, 1, true);
        let across = kth_nearest_squares(own, other, dim, 1, false);
        within
            .iter()
            .zip(&across)
            .map(|(w, a)| match w.total_cmp(a) {
                std::cmp::Ordering::Less => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Greater => 0.0,
            })
            .sum()
    };
    let (of_real, of_generated) = (right(real, generated), right(generated, real));
    Ok(NeighbourTest {
        accuracy: (of_real + of_generated) / (n + m) as f64,
        real: of_real / n as f64,
        generated: of_generated / m as f64,
    })
}
