//! Speed of what is bound by memory beside a copy of as many bytes: normalisation, average pooling, sums of rows. `cargo run --release -p
//! sparring-tensor --example memory_speed [PART OF A NAME]`. Medians on one thread; instruction set by `SPARRING_ISA`.

use sparring_tensor::channels_last::AveragePoolBlock;
use sparring_tensor::normalize::{BatchNormBlock, GradSums, LayerNormBlock, Moments};
use sparring_tensor::{PoolGeometry, rows};
use std::hint::black_box;
use std::time::Instant;

/// Median seconds of a call.
fn seconds(mut f: impl FnMut()) -> f64 {
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < 11 || (begin.elapsed().as_secs_f64() < 0.15 && times.len() < 3000) {
        let t = Instant::now();
        f();
        times.push(t.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn filled(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 2654435761) % 10007) as f32 / 5003.0 - 1.0).collect()
}

struct Speeds {
    wanted: String,
}

impl Speeds {
    /// One line: what the kernel reads and writes, in numbers, and its time beside that of `copy_from_slice` of as many bytes.
    fn line(&self, name: &str, numbers: usize, mut f: impl FnMut()) {
        if !name.contains(&self.wanted) {
            return;
        }
        let (x, mut y) = (filled(numbers / 2), vec![0.0f32; numbers / 2]);
        let copy = seconds(|| black_box(&mut y[..]).copy_from_slice(black_box(&x)));
        let own = seconds(&mut f);
        let rate = |t: f64| numbers as f64 * 4e-9 / t;
        println!(
            "{name:<42} {:>8.1} us {:>6.1} GB/s  copy {:>6.1} GB/s  ratio {:.2}",
            own * 1e6,
            rate(own),
            rate(copy),
            copy / own
        );
    }
}

fn batch_norm(s: &Speeds, n: usize, pixels: usize, c: usize) {
    let block = BatchNormBlock::new(pixels, c);
    let len = n * block.example();
    let name = |what: &str| format!("batch norm {n}x{pixels}x{c} {what}");
    let (x, dy, y, k) = (filled(len), filled(len), filled(len), filled(c));
    let mut out = vec![0.0; len];
    let apart = block.example();
    let (mut moments, mut sums) = (Moments::new(c), GradSums::new(c));
    s.line(&name("moments"), len, || block.moments(n, black_box(&x), apart, &mut moments));
    s.line(&name("relu affine"), 2 * len, || {
        block.relu_affine(n, black_box(&x), &mut out, [apart; 2], &k, &k);
    });
    s.line(&name("relu grad sums"), 3 * len, || {
        block.relu_grad_sums(n, black_box(&x), &dy, &y, [apart; 3], &k, &mut sums);
    });
    s.line(&name("relu input grad"), 4 * len, || {
        block.relu_input_grad(n, black_box(&x), &dy, &y, &mut out, [apart; 4], [&k; 4]);
    });
}

fn layer_norm(s: &Speeds, n: usize, len: usize) {
    let block = LayerNormBlock::new(len, 1e-5);
    let (x, dy, gain) = (filled(n * len), filled(n * len), filled(len));
    let (mut out, mut mean, mut rstd) = (vec![0.0; n * len], vec![0.0; n], vec![0.0; n]);
    let (mut dgain, mut dbias) = (vec![0.0; len], vec![0.0; len]);
    s.line(&format!("layer norm {n}x{len} forward"), 2 * n * len, || {
        block.forward(n, black_box(&x), &mut out, [len; 2], &gain, &gain, &mut mean, &mut rstd);
    });
    s.line(&format!("layer norm {n}x{len} backward"), 3 * n * len, || {
        let x = black_box(&x);
        block.backward(n, x, &dy, &mut out, [len; 3], &gain, &mean, &rstd, &mut dgain, &mut dbias);
    });
}

fn pool(s: &Speeds, n: usize, input: [usize; 2], c: usize, geometry: Option<PoolGeometry>) {
    let block = match geometry {
        Some(g) => AveragePoolBlock::new(input, c, g).unwrap(),
        None => AveragePoolBlock::global(input, c).unwrap(),
    };
    let name = |what: &str| format!("pool {n}x{input:?}x{c} to {:?} {what}", block.output());
    let (mut x, mut y) = (filled(n * block.image()), filled(n * block.result()));
    s.line(&name("mean"), x.len() + y.len(), || block.mean(black_box(&x), &mut y));
    s.line(&name("unmean"), x.len() + y.len(), || block.unmean(black_box(&y), &mut x));
}

fn sums(s: &Speeds, n: usize, pixels: usize, c: usize) {
    let len = n * pixels * c;
    let (a, b, words) = (filled(len), filled(len), vec![1 << 31; len]);
    let (mut y, mut wide) = (vec![0.0; len], vec![0.0; 2 * len]);
    let name = |what: &str| format!("rows {n}x{pixels}x{c} {what}");
    s.line(&name("add_relu"), 3 * len, || {
        rows::add_relu(n, pixels * c, black_box(&a), &b, &mut y, [pixels * c; 3])
    });
    s.line(&name("relu_grad"), 3 * len, || {
        rows::relu_grad(n, pixels * c, black_box(&a), &b, &mut y, [pixels * c; 3]);
    });
    s.line(&name("dropout"), 3 * len, || rows::dropout(&words, 1 << 30, 1.25, black_box(&a), &mut y));
    s.line(&name("concatenation"), 4 * len, || {
        rows::copy(n * pixels, c, black_box(&a), &mut wide, [c, 2 * c]);
        rows::copy(n * pixels, c, black_box(&b), &mut wide[c..], [c, 2 * c]);
    });
}

fn main() {
    let s = Speeds { wanted: std::env::args().nth(1).unwrap_or_default() };
    for (n, pixels, c) in [
        (16, 784, 16),
        (16, 196, 32),
        (16, 196, 64),
        (16, 49, 128),
        (64, 784, 16),
        (16, 784, 3),
        (16, 784, 1),
        (16, 196, 15),
        (16, 196, 20),
        (64, 1, 128),
        (64, 1, 1000),
    ] {
        batch_norm(&s, n, pixels, c);
    }
    layer_norm(&s, 64, 128);
    layer_norm(&s, 64, 1024);
    pool(&s, 16, [28, 28], 16, Some(PoolGeometry::default()));
    pool(&s, 16, [14, 14], 32, Some(PoolGeometry { kernel: [3; 2], stride: [2; 2], padding: [1; 2] }));
    pool(&s, 64, [7, 7], 64, None);
    pool(&s, 64, [7, 7], 10, None);
    sums(&s, 16, 784, 16);
    sums(&s, 16, 784, 3);
    sums(&s, 64, 1, 128);
}
