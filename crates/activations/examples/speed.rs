//! Speed of each activation, forward and backward, learnt ones also with the gradient of their parameters, on one thread and on two
//! that share the slice:
//! `cargo run --release -p sparring-activations --example speed -- [POWER] [NAME]..`; 2^POWER elements, 16 by default.
#![allow(clippy::print_stdout)]

use sparring_activations::{Activation, AnyActivation, Sharing};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Billions of calls' elements a second: best and median of 15 windows.
fn rate(elements: usize, mut f: impl FnMut()) -> (f64, f64) {
    let mut calls = 1;
    loop {
        let start = Instant::now();
        (0..calls).for_each(|_| f());
        if start.elapsed().as_secs_f64() > 4e-3 {
            break;
        }
        calls *= 2;
    }
    let mut rates: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| f());
            (elements * calls) as f64 / start.elapsed().as_secs_f64() / 1e9
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    (rates[14], rates[7])
}

/// Calls `f(0)` here and `f(1)` on a spinning thread, once a call of the function it hands to `body`.
fn pair(f: &(dyn Fn(usize) + Sync), body: &mut dyn FnMut(&mut dyn FnMut())) {
    let (asked, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|s| {
        s.spawn(|| {
            for turn in 1.. {
                while asked.load(Ordering::Acquire) < turn {
                    std::hint::spin_loop();
                }
                if asked.load(Ordering::Acquire) == usize::MAX {
                    return;
                }
                f(1);
                done.store(turn, Ordering::Release);
            }
        });
        let mut turn = 0;
        body(&mut || {
            turn += 1;
            asked.store(turn, Ordering::Release);
            f(0);
            while done.load(Ordering::Acquire) < turn {
                std::hint::spin_loop();
            }
        });
        asked.store(usize::MAX, Ordering::Release);
    });
}

/// One and two threads on `f(x, dy, out)`.
fn both(name: &str, x: &[f32], dy: &[f32], out: &mut [f32], f: impl Fn(&[f32], &[f32], &mut [f32]) + Sync) {
    let (n, half) = (x.len(), x.len() / 2);
    let one = rate(n, || f(x, dy, std::hint::black_box(&mut *out)));
    let mut two = (0.0, 0.0);
    let (left, right) = out.split_at_mut(half);
    let parts = [std::sync::Mutex::new(left), std::sync::Mutex::new(right)];
    let share = |i: usize| {
        let range = if i == 0 { 0..half } else { half..n };
        f(&x[range.clone()], &dy[range], &mut parts[i].lock().unwrap());
    };
    pair(&share, &mut |go| two = rate(n, go));
    println!(
        "{name:<24} 1t {:6.2} ({:5.2})   2t {:6.2} ({:5.2}) Gelem/s, best (median)",
        one.0, one.1, two.0, two.1
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let power: u32 = arguments.next().map_or(16, |p| p.parse().expect("a power of two"));
    let names: Vec<String> = arguments.collect();
    let n = 1usize << power;
    let x: Vec<f32> =
        (0..n).map(|i| ((i as u32).wrapping_mul(2_654_435_769) >> 8) as f32 / 2_097_152.0 - 4.0).collect();
    let dy: Vec<f32> = x.iter().map(|x| 0.25 * x + 0.1).collect();
    let mut out = vec![1.0; n];
    both("copy", &x, &dy, &mut out, |x, _, y| y.copy_from_slice(x));
    for a in AnyActivation::ALL
        .iter()
        .filter(|a| names.is_empty() || names.iter().any(|n| n == AnyActivation::name(a)))
    {
        both(&format!("{a} forward"), &x, &dy, &mut out, |x, _, y| a.forward(x, y));
        both(&format!("{a} backward"), &x, &dy, &mut out, |x, dy, dx| a.backward(x, dy, dx));
        let Some(learnt) = a.trainable::<f32>() else { continue };
        for (sharing, name) in [(Sharing::WHOLE, "whole"), (Sharing::channels_last(64), "channels last")] {
            let p = vec![0.25; sharing.groups * learnt.count()];
            both(&format!("{a} learnt, {name}"), &x, &dy, &mut out, |x, dy, dx| {
                let mut dp = p.clone();
                learnt.backward_with(&p, sharing, x, dy, dx, std::hint::black_box(&mut dp));
            });
        }
    }
}
