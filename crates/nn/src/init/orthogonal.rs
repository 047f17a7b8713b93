//! Random orthogonal matrices by QR decomposition (nalgebra).

use nalgebra::DMatrix;
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};

/// `[out, rest]` with orthonormal rows (or columns, whichever are fewer) times `gain`, uniform over such matrices:
/// Q of a Gaussian matrix, column signs fixed by the diagonal of R (Mezzadri 2007, arXiv:math-ph/0609050).
pub(super) fn draw<E: Elem>(shape: &[usize], gain: f64, key: Key) -> Array<E> {
    let (rows, cols) = (shape[0], shape[1..].iter().product::<usize>());
    let (long, short) = (rows.max(cols), rows.min(cols));
    let mut numbers = key.rng(0);
    let qr = DMatrix::from_fn(long, short, |_, _| numbers.normal()).qr();
    let (q, r) = (qr.q(), qr.r());
    let entry = |i: usize, j: usize| if r[(j, j)] < 0.0 { -q[(i, j)] } else { q[(i, j)] };
    Array::from_fn(Shape::new(shape), |n| {
        let (i, j) = (n / cols, n % cols);
        E::of(gain * if rows >= cols { entry(i, j) } else { entry(j, i) })
    })
}
