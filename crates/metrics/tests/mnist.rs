//! The published figures on MNIST. Needs `$SPARRING_DATA/mnist`; without it there is nothing to measure and it says so.

use std::io::Read;
use std::path::Path;

use sparring_metrics::{Pca, mean_image_mse};

/// Pixels in [0, 1] of a gzipped IDX file of images. The real reader is `sparring-datasets`, which metrics may not see.
fn images(path: &Path) -> Option<Vec<f32>> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?).read_to_end(&mut bytes).ok()?;
    Some(bytes[16..].iter().map(|&b| f32::from(b) / 255.0).collect())
}

#[test]
fn published_figures() {
    let Some(data) = std::env::var_os("SPARRING_DATA") else {
        eprintln!("SPARRING_DATA is not set: nothing measured");
        return;
    };
    let folder = Path::new(&data).join("mnist");
    let train = images(&folder.join("train-images-idx3-ubyte.gz")).expect("training images");
    let test = images(&folder.join("t10k-images-idx3-ubyte.gz")).expect("test images");
    assert_eq!((train.len(), test.len()), (60_000 * 784, 10_000 * 784));
    assert!((mean_image_mse(&train, &test, 784) - 0.06747).abs() < 5e-6);
    for (k, published) in [(2, 0.05567), (32, 0.01683), (64, 0.00905)] {
        let begun = std::time::Instant::now();
        let pca = Pca::fit(&train, 784, k).unwrap();
        let fitted = begun.elapsed();
        let error = pca.mse(&test);
        eprintln!("PCA-{k}: test MSE {error:.6}, explained {:.4}, fitted in {fitted:?}", pca.explained());
        assert!((error - published).abs() < 5.1e-6, "PCA-{k}: {error}");
    }
}
