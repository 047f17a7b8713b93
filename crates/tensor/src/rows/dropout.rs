//! Dropout from random words that the caller drew.

use crate::Elem;
use sparring_math::simd;

/// Numbers at a time where there are as many.
const LANES: usize = 16;

/// The threshold of [`dropout`] for the probability `p` of a zero: round(2³² · p), at most 2³² − 1.
///
/// ```
/// use sparring_tensor::rows::drop_threshold;
/// assert_eq!([0.0, 0.5].map(drop_threshold), [0, 1 << 31]);
/// ```
pub fn drop_threshold(p: f64) -> u32 {
    // The cast saturates.
    (p * 4_294_967_296.0).round() as u32
}

/// Dropout and its derivative: y = scale · x where the random word is at least `threshold`, else 0 (Srivastava et al., 2014, in the form
/// that scales during training).
///
/// With words uniform over `u32`, `threshold = drop_threshold(p)` and `scale = 1 / (1 − p)` the expectation of y is x. The backward pass is the same call on
/// dy. For p = 1 the scale is 0.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_tensor::rows::{drop_threshold, dropout};
/// let mut y = [9.0; 3];
/// dropout(&[u32::MAX, 7, 1 << 31], drop_threshold(0.5), 2.0, &[1.0, 2.0, 3.0], &mut y);
/// assert_eq!(y, [2.0, 0.0, 6.0]);
/// ```
#[track_caller]
pub fn dropout<E: Elem>(words: &[u32], threshold: u32, scale: E, x: &[E], y: &mut [E]) {
    let lengths = [words.len(), x.len(), y.len()];
    assert!(lengths.iter().all(|&n| n == lengths[0]), "rows::dropout: lengths {lengths:?} differ");
    simd::dispatch(Dropout { words, threshold, scale, x: Some(x), y });
}

/// As [`dropout`], of x in its place.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn dropout_in_place<E: Elem>(words: &[u32], threshold: u32, scale: E, x: &mut [E]) {
    let lengths = [words.len(), x.len()];
    assert!(lengths[0] == lengths[1], "rows::dropout_in_place: lengths {lengths:?} differ");
    simd::dispatch(Dropout { words, threshold, scale, x: None, y: x });
}

struct Dropout<'a, E> {
    words: &'a [u32],
    threshold: u32,
    scale: E,
    x: Option<&'a [E]>,
    y: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Dropout<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { words, threshold, scale, x, y } = self;
        let keep = |word: u32, x: E| {
            let scaled = x * scale;
            if word >= threshold { scaled } else { E::ZERO }
        };
        let (blocks, rest) = y.as_chunks_mut::<LANES>();
        let first = blocks.len() * LANES;
        for (i, (y, words)) in blocks.iter_mut().zip(words.as_chunks::<LANES>().0).enumerate() {
            let x = x.map_or(*y, |x| x.as_chunks::<LANES>().0[i]);
            for l in 0..LANES {
                y[l] = keep(words[l], x[l]);
            }
        }
        for (i, y) in (first..).zip(rest) {
            *y = keep(words[i], x.map_or(*y, |x| x[i]));
        }
    }
}
