//! PCA of few images, and of many of which few differ, against numpy; `golden/metrics/make.py` made the file.

use sparring_datasets::{Mnist, Split};
use sparring_metrics::{Pca, mean_image_mse};

const CASES: &str = include_str!("../../../golden/metrics/pca.csv");

fn pixels(split: &Split, n: usize) -> Vec<f32> {
    let mut out = vec![0.0; n * split.dim()];
    split.to_f32(&(0..n).collect::<Vec<_>>(), &mut out);
    out
}

#[test]
fn directions_of_the_null_space_are_no_directions() {
    // The built-in images are the first of MNIST.
    let data = Mnist::embedded();
    let mut cases = 0;
    for line in CASES.lines() {
        let numbers: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        let [n, tests, code, directions] = [0, 1, 2, 3].map(|i| numbers[i] as usize);
        let (train, test) = (pixels(&data.train, n), pixels(&data.test, tests));
        let pca = Pca::fit(&train, 784, code).unwrap();
        assert_eq!(pca.k(), directions, "{line}");
        let (got, mean) = (pca.mse(&test), mean_image_mse(&train, &test, 784));
        assert!((got / numbers[4] - 1.0).abs() < 1e-6, "{line}: {got}");
        assert!((mean / numbers[5] - 1.0).abs() < 1e-6, "{line}: {mean}");
        cases += 1;
    }
    assert_eq!(cases, 6);
}

#[test]
fn a_thousand_images_of_which_few_differ() {
    let data = Mnist::embedded();
    let test = pixels(&data.test, 100);
    for different in [1, 2, 5, 30] {
        let few = pixels(&data.train, different);
        // More rows than pixels: the way of the covariance, beside that of the few rows.
        let many: Vec<f32> = few.iter().copied().cycle().take(990 * 784).collect();
        let (many, few) = (Pca::fit(&many, 784, 32).unwrap(), Pca::fit(&few, 784, 32).unwrap());
        assert_eq!((many.k(), few.k()), (different - 1, different - 1));
        let (a, b) = (many.mse(&test), few.mse(&test));
        assert!((a / b - 1.0).abs() < 1e-9, "{different}: {a} and {b}");
        assert!(many.mse(&pixels(&data.train, different)) < 1e-12);
    }
}
