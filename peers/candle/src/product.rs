//! Products by the crate gemm, with AVX-512 (feature `x86-v4`), into a matrix that is kept.

use gemm::Parallelism;
use peer_terms::Outcome;
use peer_terms::clock::{Arguments, Pace, passes};
use peer_terms::streams::{mean, uniform};
use std::cell::RefCell;

const SHAPES: [&str; 8] = [
    "128x784x128",
    "128x128x64",
    "32x784x64",
    "256x256x256",
    "512x512x512",
    "1024x1024x1024",
    "2048x2048x2048",
    "128x3136x1024",
];

pub fn rows() -> Vec<(String, &'static str)> {
    SHAPES
        .iter()
        .flat_map(|s| ["nn", "nt", "tn"].map(|form| (format!("gemm_{s}_{form}"), "x86-v4")))
        .collect()
}

pub fn run(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let (shape, form) =
        arguments.only.strip_prefix("gemm_").and_then(|r| r.split_once('_')).ok_or("no such row")?;
    let sizes: Vec<usize> = shape.split('x').map(str::parse).collect::<Result<_, _>>()?;
    let &[m, k, n] = sizes.as_slice() else { return Err("no such shape".into()) };
    let (a, b) = (uniform(1, m * k, 0.0, 1.0), uniform(2, k * n, 0.0, 1.0));
    let out = RefCell::new(vec![0.0f32; m * n]);
    let threads =
        if arguments.threads == 1 { Parallelism::None } else { Parallelism::Rayon(arguments.threads) };
    // Distances from column to column and from row to row.
    let (a_cs, a_rs) = if form == "tn" { (m, 1) } else { (1, k) };
    let (b_cs, b_rs) = if form == "nt" { (k, 1) } else { (1, n) };
    let call = || {
        let mut out = out.borrow_mut();
        // SAFETY: the pointers are those of vectors of m k, k n and m n numbers, and the strides stay inside them.
        unsafe {
            gemm::gemm(
                m,
                n,
                k,
                out.as_mut_ptr(),
                1,
                n as isize,
                false,
                a.as_ptr(),
                a_cs as isize,
                a_rs as isize,
                b.as_ptr(),
                b_cs as isize,
                b_rs as isize,
                0.0f32,
                1.0f32,
                false,
                false,
                false,
                threads,
            );
        }
        Ok(())
    };
    passes(pace, 2.0 * (m * k * n) as f64, call, |()| mean(&out.borrow()))
}
