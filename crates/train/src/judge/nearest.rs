//! The nearest training image of each sample, in the whole training set.

use crate::parallel::on_team;
use sparring_datasets::Split;
use sparring_metrics::nearest_distances;
use sparring_tensor::{Mat, MatMut, gemm};

/// Training images of a block.
const BLOCK: usize = 1024;
/// Samples of a block.
const ROWS: usize = 1000;
/// Training images of a sample whose distances are measured exactly: those nearest by the scalar product.
const CANDIDATES: usize = 8;

/// Index of, and Euclidean distance to, the training example nearest to each row: |t|² − 2 r·t by a matmul in `f32` names candidates, whose distances are measured in `f64`.
///
/// The distance is exact unless more than `CANDIDATES` examples lie within the rounding of `f32`, some 1e-4 of the squared length of an image; then it is too large by no more than that. A copy is at distance 0.
///
/// # Shapes
/// `rows` [n, dim]
///
/// # Panics
/// If `rows` are no whole examples, or there is no training example.
#[track_caller]
pub fn nearest_training(rows: &[f32], train: &Split) -> Vec<(usize, f64)> {
    let dim = train.dim();
    assert!(rows.len().is_multiple_of(dim), "nearest_training: {} numbers for examples of {dim}", rows.len());
    assert!(!train.is_empty(), "nearest_training: no training example");
    rows.chunks(ROWS * dim).flat_map(|rows| of_block(rows, train, dim)).collect()
}

fn of_block(rows: &[f32], train: &Split, dim: usize) -> Vec<(usize, f64)> {
    let n = rows.len() / dim;
    let mut nearest = vec![[(f32::INFINITY, 0usize); CANDIDATES]; n];
    let mut products = vec![0.0; n * BLOCK];
    for first in (0..train.len()).step_by(BLOCK) {
        let block = train.range(first..train.len().min(first + BLOCK)).all().x;
        let m = block.len() / dim;
        let squares: Vec<f32> = block.chunks_exact(dim).map(|t| t.iter().map(|v| v * v).sum()).collect();
        let products = &mut products[..n * m];
        let (a, b) = (Mat::new(rows, n, dim), Mat::new(&block, m, dim).t());
        on_team(|| gemm(a, b, 0.0, MatMut::new(products, n, m)));
        for (kept, products) in nearest.iter_mut().zip(products.chunks_exact(m)) {
            for (j, (square, product)) in squares.iter().zip(products).enumerate() {
                let value = square - 2.0 * product;
                if value < kept[CANDIDATES - 1].0 {
                    let at = kept.partition_point(|k| k.0 <= value);
                    kept[at..].rotate_right(1);
                    kept[at] = (value, first + j);
                }
            }
        }
    }
    let exact = |(row, kept): (&[f32], [(f32, usize); CANDIDATES])| {
        let mut found: Vec<usize> = kept.iter().filter(|k| k.0 < f32::INFINITY).map(|k| k.1).collect();
        // The first of equals.
        found.sort_unstable();
        let candidates: Vec<f32> = found.iter().flat_map(|&i| train.row(i)).collect();
        let (at, distance) = nearest_distances(row, &candidates, dim)[0];
        (found.get(at).copied().unwrap_or(0), distance)
    };
    rows.chunks_exact(dim).zip(nearest).map(exact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_datasets::Mnist;

    #[test]
    fn distances_are_those_of_the_plain_search() {
        let data = Mnist::embedded();
        let train = data.train.first(2 * BLOCK + 77);
        let mut rows = data.test.first(40).all().x;
        // Copies of training images, and a grey image.
        rows.extend(train.row(BLOCK + 3));
        rows.extend(train.row(0));
        rows.extend(vec![0.3; 784]);
        let found = nearest_training(&rows, &train);
        assert_eq!(found, nearest_distances(&rows, &train.all().x, 784));
        assert_eq!(found[40..42], [(BLOCK + 3, 0.0), (0, 0.0)]);
    }

    #[test]
    fn fewer_examples_than_candidates() {
        let train = Mnist::embedded().train.first(3);
        let found = nearest_training(&train.row(2), &train);
        assert_eq!(found, [(2, 0.0)]);
    }
}
