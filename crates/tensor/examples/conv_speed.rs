//! Speed of the three passes of channels-last convolutions, with gradients that are dense and half zeros: `cargo run --release -p
//! sparring-tensor --example conv_speed`. One thread; instruction set by `SPARRING_ISA`.

use sparring_tensor::channels_last::ConvBlock;
use sparring_tensor::{ConvGeometry, Panels};
use std::hint::black_box;
use std::time::Instant;

/// The least of many calls: on a shared machine the median is the neighbours' work.
fn seconds(mut f: impl FnMut()) -> f64 {
    let (mut least, begin) = (f64::INFINITY, Instant::now());
    while begin.elapsed().as_secs_f64() < 0.15 {
        let t = Instant::now();
        f();
        least = least.min(t.elapsed().as_secs_f64());
    }
    least
}
fn filled(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 2654435761) % 10007) as f32 / 5003.0 - 1.0).collect()
}
fn main() {
    for (ic, oc, s, k, stride, pad) in [
        (16, 16, 28, 3, 1, 1),
        (32, 32, 14, 3, 1, 1),
        (64, 128, 14, 4, 2, 1),
        (16, 32, 28, 3, 2, 1),
        (16, 32, 28, 1, 2, 0),
        (32, 64, 14, 1, 1, 0),
    ] {
        let g = ConvGeometry { stride: [stride; 2], padding: [pad; 2] };
        let b = ConvBlock::new([s, s], ic, oc, [k, k], g).unwrap();
        let n = 4;
        let w = b.pack(&filled(b.depth() * oc));
        let (x, dy) = (filled(n * b.image()), filled(n * b.result()));
        let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
        let mut back = b.backward_panels();
        b.pack_backward(&w, &mut back);
        let mut acc = Panels::<f32>::zeros(b.depth(), oc);
        let flops = 2e-9 * (n * b.result() * b.depth()) as f64;
        let f = seconds(|| b.forward(&w, None, black_box(&x), &mut y));
        let mut backward = |dy: &[f32]| {
            let i = seconds(|| b.input_grad(&back, black_box(dy), &mut dx));
            let w = seconds(|| {
                b.weight_grad_of_rows(n, black_box(&x), dy, [b.image(), b.result()], acc.as_mut_slice());
            });
            [flops / i, flops / w]
        };
        let dense = backward(&dy);
        // As behind a ReLU.
        let half: Vec<f32> = dy.iter().map(|v| v.max(0.05) - 0.05).collect();
        let half = backward(&half);
        println!(
            "{ic}->{oc} {s}x{s} k{k} s{stride}: forward {:.1}, gradients at input and weight {:.1} {:.1}, half zeros {:.1} {:.1} GFLOP/s",
            flops / f,
            dense[0],
            dense[1],
            half[0],
            half[1]
        );
    }
}
