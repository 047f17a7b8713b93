//! Points of the plane as a split.

use crate::{Pixels, Split};
use sparring_seed::{Key, Stream};

/// `n` points of classes `0, 1, .., classes - 1, 0, ..`; `point` draws the one of a class in the unit square.
///
/// # Panics
/// If `classes` is outside 1..=256.
#[track_caller]
pub(super) fn scatter(
    n: usize,
    classes: usize,
    key: Key,
    point: impl Fn(usize, &mut Stream) -> [f64; 2],
) -> Split {
    assert!((1..=256).contains(&classes), "synthetic: {classes} classes, 1 to 256 are possible");
    let mut x = Vec::with_capacity(2 * n);
    let mut labels = Vec::with_capacity(n);
    for i in 0..n {
        let class = i % classes;
        x.extend(point(class, &mut key.rng(i as u64)).map(|v| v.clamp(0.0, 1.0) as f32));
        labels.push(class as u8);
    }
    Split::new(Pixels::F32(x.into()), [1, 1, 2], labels).expect("finite points, two numbers each")
}
