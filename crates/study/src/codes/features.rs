//! How much of the class is in a code.

use serde::Serialize;
use sparring_metrics::{MetricsError, RidgeProbe, neighbour_accuracy};

/// Classes told from codes, and from those of PCA: accuracies on test images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FeatureFigures {
    /// By the vote of the nearest training codes.
    pub neighbours: f64,
    /// The same with codes of PCA.
    pub pca_neighbours: f64,
    /// By a linear map of the code (ridge regression to the classes).
    pub probe: f64,
    /// The same with codes of PCA.
    pub pca_probe: f64,
    /// Training codes that were asked.
    pub train: usize,
    /// Test codes that were judged.
    pub test: usize,
}

/// Nearest codes that vote.
pub(super) const NEIGHBOURS: usize = 5;

/// Codes `[n, k]` with their labels.
pub(super) struct Labelled<'a> {
    pub codes: &'a [f32],
    pub labels: &'a [usize],
}

/// Accuracies of the nearest neighbours and of the linear map on codes `[n, k]`.
pub(super) fn accuracies(
    train: &Labelled<'_>,
    test: &Labelled<'_>,
    k: usize,
    classes: usize,
) -> Result<(f64, f64), MetricsError> {
    let scale = 1.0 / deviation(train.codes, k);
    let scaled = |codes: &[f32]| codes.iter().map(|z| z * scale).collect::<Vec<f32>>();
    let (ours, theirs) = (scaled(train.codes), scaled(test.codes));
    let most = NEIGHBOURS.min(train.labels.len());
    let near = neighbour_accuracy(&ours, train.labels, &theirs, test.labels, k, classes, most)?;
    let probe = RidgeProbe::fit(&ours, train.labels, k, classes, 1.0)?;
    Ok((near, probe.accuracy(&theirs, test.labels)?))
}

/// One scale for all numbers of a code, so that the ridge weighs the same whatever the unit: the root of their mean variance; 1 for codes without any.
fn deviation(codes: &[f32], k: usize) -> f32 {
    let variance = variances(codes, k).iter().sum::<f64>() / k as f64;
    if variance > 0.0 { variance.sqrt() as f32 } else { 1.0 }
}

/// Variance of every number of codes `[n, k]`.
pub(super) fn variances(codes: &[f32], k: usize) -> Vec<f64> {
    let n = (codes.len() / k) as f64;
    let column = |j: usize| codes.iter().skip(j).step_by(k).map(|&z| f64::from(z));
    let variance = |j: usize| {
        let mean = column(j).sum::<f64>() / n;
        column(j).map(|z| (z - mean).powi(2)).sum::<f64>() / n
    };
    (0..k).map(variance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separate_classes_are_told_and_the_unit_of_the_codes_does_not_matter() {
        let mut rng = sparring_seed::Key::new(2).rng(0);
        let mut made = |n: usize, unit: f32| {
            let labels: Vec<usize> = (0..n).map(|i| i % 3).collect();
            let place = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]];
            let codes = labels.iter().flat_map(|&l| place[l].map(|m| unit * (m + rng.normal() as f32)));
            (codes.collect::<Vec<f32>>(), labels)
        };
        let found: Vec<_> = [1.0, 1e-4]
            .into_iter()
            .map(|unit| {
                let (train, test) = (made(300, unit), made(300, unit));
                let of = |(codes, labels): &(Vec<f32>, Vec<usize>)| -> Vec<f64> {
                    assert_eq!(codes.len(), 2 * labels.len());
                    variances(codes, 2)
                };
                assert!((of(&train)[0] / f64::from(unit * unit) - 4.6).abs() < 0.8);
                let [train, test] = [&train, &test].map(|(codes, labels)| Labelled { codes, labels });
                accuracies(&train, &test, 2, 3).unwrap()
            })
            .collect();
        for (near, probe) in found {
            assert!(near > 0.9 && probe > 0.9, "{near} {probe}");
        }
    }
}
