//! Speed of the matrix and convolution kernels on the shapes of small image nets: `cargo run --release -p sparring-tensor --example
//! gemm_speed [PART OF A NAME]`. Medians; threads by `RAYON_NUM_THREADS`, instruction set by `SPARRING_ISA`.

use sparring_tensor::{
    Array, ConvGeometry, Tensor, Trans, channel_sum, conv2d, conv2d_input_grad, conv2d_weight_grad, linear,
    matmul,
};
use std::hint::black_box;
use std::time::Instant;

/// Median seconds of a call.
fn seconds<T>(mut f: impl FnMut() -> T) -> f64 {
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < 11 || (begin.elapsed().as_secs_f64() < 0.3 && times.len() < 2000) {
        let t = Instant::now();
        black_box(f());
        times.push(t.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
fn filled(shape: &[usize]) -> Tensor {
    Array::from_fn(shape, |i| ((i * 2654435761) % 10007) as f32 / 5003.0 - 1.0)
}
fn line(name: &str, seconds: f64, mul_adds: usize) {
    println!("{name:<44} {:>9.1} us {:>7.1} GFLOP/s", seconds * 1e6, 2e-9 * mul_adds as f64 / seconds);
}

fn dense(wanted: &str, n: usize, k: usize, m: usize) {
    let (x, w, b, dy) = (filled(&[n, k]), filled(&[m, k]), filled(&[m]), filled(&[n, m]));
    let name = |what: &str| format!("linear {n}x{k}x{m} {what}");
    let work = n * k * m;
    if name("").contains(wanted) {
        line(&name("forward"), seconds(|| linear(&x, &w, Some(&b))), work);
        line(&name("input grad"), seconds(|| matmul(&dy, Trans::No, &w, Trans::No)), work);
        line(&name("weight grad"), seconds(|| matmul(&dy, Trans::Yes, &x, Trans::No)), work);
    }
}

fn conv(wanted: &str, x: [usize; 4], w: [usize; 4], stride: usize, padding: usize) {
    let g = ConvGeometry { stride: [stride; 2], padding: [padding; 2] };
    let name = |what: &str| format!("conv {x:?} {}->{} {}x{} s{stride} {what}", w[1], w[0], w[2], w[3]);
    if !name("").contains(wanted) {
        return;
    }
    let (xs, ws, b) = (filled(&x), filled(&w), filled(&w[..1]));
    let dy = filled(&conv2d(&xs, &ws, None, g).shape());
    let work = dy.len() * w[1] * w[2] * w[3];
    line(&name("forward"), seconds(|| conv2d(&xs, &ws, Some(&b), g)), work);
    line(&name("input grad"), seconds(|| conv2d_input_grad(&dy, &ws, xs.shape(), g)), work);
    line(&name("weight grad"), seconds(|| conv2d_weight_grad(&xs, &dy, ws.shape(), g)), work);
    line(&name("channel sum"), seconds(|| channel_sum(&dy)), dy.len() / 2);
}

/// Kernels alone of one training step of the FGSM-RS net (forward, all gradients, that of the image included).
fn fgsm_rs(n: usize) {
    let g = ConvGeometry { stride: [2; 2], padding: [1; 2] };
    let (x, w1, w2) = (filled(&[n, 1, 28, 28]), filled(&[16, 1, 4, 4]), filled(&[32, 16, 4, 4]));
    let (w3, w4) = (filled(&[100, 1568]), filled(&[10, 100]));
    let step = || {
        let y1 = conv2d(&x, &w1, None, g);
        let y2 = conv2d(&y1, &w2, None, g);
        let flat = y2.reshape([n, 1568]);
        let y3 = linear(&flat, &w3, None);
        let y4 = linear(&y3, &w4, None);
        let d3 = matmul(&y4, Trans::No, &w4, Trans::No);
        let g4 = matmul(&y4, Trans::Yes, &y3, Trans::No);
        let d2 = matmul(&d3, Trans::No, &w3, Trans::No).reshape([n, 32, 7, 7]);
        let g3 = matmul(&d3, Trans::Yes, &flat, Trans::No);
        let d1 = conv2d_input_grad(&d2, &w2, y1.shape(), g);
        let g2 = conv2d_weight_grad(&y1, &d2, w2.shape(), g);
        let d0 = conv2d_input_grad(&d1, &w1, x.shape(), g);
        let g1 = conv2d_weight_grad(&x, &d1, w1.shape(), g);
        (g1, g2, g3, g4, d0, [channel_sum(&d1), channel_sum(&d2), channel_sum(&d3), channel_sum(&y4)])
    };
    let t = seconds(step);
    println!("FGSM-RS net, forward + backward, batch {n}: {:.0} examples/s", n as f64 / t);
}

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    println!("{} threads", rayon::current_num_threads());
    for s in [256, 512, 1024] {
        dense(&wanted, s, s, s);
    }
    for (n, k, m) in
        [(128, 784, 128), (128, 1568, 100), (128, 3136, 1024), (32, 784, 64), (128, 100, 10), (1, 784, 128)]
    {
        dense(&wanted, n, k, m);
    }
    for n in [128, 1000] {
        conv(&wanted, [n, 1, 28, 28], [16, 1, 4, 4], 2, 1);
        conv(&wanted, [n, 16, 14, 14], [32, 16, 4, 4], 2, 1);
    }
    conv(&wanted, [128, 1, 28, 28], [32, 1, 5, 5], 1, 2);
    conv(&wanted, [128, 32, 14, 14], [64, 32, 5, 5], 1, 2);
    if wanted.is_empty() || wanted == "net" {
        [32, 128, 1000].into_iter().for_each(fgsm_rs);
    }
}
