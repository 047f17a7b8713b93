//! The rows that train, with batch and examples of a pass (as in `benches/src/bin/workloads`), and the order of the examples.

use crate::nets::Net;

/// Row, network, batch, examples of a pass.
pub const TRAIN: [(&str, Net, usize, usize); 8] = [
    ("mlp_train_b128", Net::Mlp, 128, 60_000),
    ("mlp_train_b32", Net::Mlp, 32, 60_000),
    ("cnn_train_b128", Net::Cnn, 128, 16 * 128),
    ("cnn_train_b50", Net::Cnn, 50, 40 * 50),
    ("smallcnn_train_b128", Net::SmallCnn, 128, 100 * 128),
    ("smallcnn_advtrain_b128", Net::SmallCnn, 128, 20 * 128),
    ("ae_train_b32", Net::Autoencoder, 32, 60_000),
    ("ae_train_b256", Net::Autoencoder, 256, 60_000),
];
pub const GAN: (&str, usize, usize) = ("gan_train_b128", 128, 200 * 128);
pub const LATENCY: [(&str, Net); 2] = [("mlp_latency", Net::Mlp), ("cnn_latency", Net::Cnn)];

/// The unit of a row.
pub fn metric(row: &str) -> &'static str {
    match row {
        "gan_train_b128" => "images/s",
        _ if row.starts_with("gemm_") => "GFLOP/s",
        _ if row.starts_with("act_") => "elements/s",
        _ if row.ends_with("_latency") => "microseconds",
        _ => "examples/s",
    }
}

/// A permutation of 0..n (Fisher and Yates) from a small generator.
pub struct Shuffle(pub u64);

impl Shuffle {
    pub fn turns(&mut self, n: usize) -> Vec<u32> {
        let mut turns: Vec<u32> = (0..n as u32).collect();
        for i in (1..n).rev() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            turns.swap(i, ((self.0 >> 33) % (i as u64 + 1)) as usize);
        }
        turns
    }
}
