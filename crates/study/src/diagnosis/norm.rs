//! Euclidean norms.

/// Σ f(v) in eight sums, whose additions do not wait for each other.
fn sum<T: Copy>(x: &[T], f: impl Fn(T) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    let mut add = |part: &[T]| sums.iter_mut().zip(part).for_each(|(sum, &v)| *sum += f(v));
    let (eights, rest) = x.as_chunks::<8>();
    eights.iter().for_each(|part| add(part));
    add(rest);
    sums.iter().sum()
}

/// The Euclidean norm.
pub(super) fn norm(x: &[f32]) -> f64 {
    sum(x, |v| f64::from(v) * f64::from(v)).sqrt()
}

/// That of the finite numbers.
pub(super) fn finite_norm<T: Copy + Into<f64>>(x: &[T]) -> f64 {
    let square = |v: T| {
        let v: f64 = v.into();
        if v.is_finite() { v * v } else { 0.0 }
    };
    sum(x, square).sqrt()
}

/// The Euclidean norm of a difference of as many numbers.
pub(super) fn distance(x: &[f32], y: &[f32]) -> f64 {
    let (mut sums, parts) = ([0.0; 8], x.chunks(8).zip(y.chunks(8)));
    for (x, y) in parts {
        let differences = x.iter().zip(y).map(|(x, y)| f64::from(x - y));
        sums.iter_mut().zip(differences).for_each(|(sum, d)| *sum += d * d);
    }
    sums.iter().sum::<f64>().sqrt()
}
