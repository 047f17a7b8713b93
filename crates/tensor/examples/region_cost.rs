//! What entering a parallel region costs, empty and with a little work, through the team and through rayon:
//! `cargo run --release -p sparring-tensor --example region_cost`. Medians of 7.

use rayon::prelude::*;
use sparring_tensor::team;
use std::hint::black_box;
use std::time::Instant;

/// Median microseconds of a call.
fn micros(mut f: impl FnMut()) -> f64 {
    const CALLS: u32 = 20_000;
    let mut times: Vec<f64> = (0..7)
        .map(|_| {
            let begin = Instant::now();
            (0..CALLS).for_each(|_| f());
            begin.elapsed().as_secs_f64() / f64::from(CALLS) * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[3]
}

fn main() {
    println!("{} threads, microseconds", team::threads());
    let tasks = |n| {
        micros(|| {
            team::run(n, |i| {
                black_box(i);
            })
        })
    };
    println!("empty region: 2 tasks {:.2}, 64 tasks {:.2}", tasks(2), tasks(64));
    let rayon = micros(|| {
        (0..2).into_par_iter().with_max_len(1).for_each(|i| {
            black_box(i);
        })
    });
    println!("empty region of rayon, 2 tasks: {rayon:.2}");
    println!("{:>8} {:>8} {:>8} {:>8}", "numbers", "serial", "team", "rayon");
    for n in [1, 2, 4, 8, 16, 32, 64].map(|k| k << 10) {
        let (x, mut y) = (vec![1.0f32; n], vec![0.0f32; n]);
        let add = |x: &[f32], y: &mut [f32]| y.iter_mut().zip(x).for_each(|(y, x)| *y += *x);
        let serial = micros(|| add(&x, black_box(&mut y)));
        let half = n / 2;
        let part = |i: usize, y: &mut [f32]| add(&x[i * half..][..half], y);
        let ours = micros(|| team::for_each_chunk(black_box(&mut y), half, part));
        let theirs =
            micros(|| black_box(&mut y).par_chunks_mut(half).enumerate().for_each(|(i, y)| part(i, y)));
        println!("{n:>8} {serial:>8.2} {ours:>8.2} {theirs:>8.2}");
    }
}
