//! Euclidean norms.

use sparring_metrics::sum_of;

/// The Euclidean norm.
pub(super) fn norm(x: &[f32]) -> f64 {
    sum_of(x, |v| f64::from(v) * f64::from(v)).sqrt()
}

/// That of the finite numbers.
pub(super) fn finite_norm<T: Copy + Into<f64>>(x: &[T]) -> f64 {
    let square = |v: T| {
        let v: f64 = v.into();
        if v.is_finite() { v * v } else { 0.0 }
    };
    sum_of(x, square).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finite_counts_in_one_of_them() {
        assert_eq!((norm(&[3.0, 4.0]), finite_norm(&[3.0f32, f32::NAN, -4.0, f32::INFINITY])), (5.0, 5.0));
        assert!(norm(&[3.0, f32::NAN]).is_nan() && norm(&[]) == 0.0 && finite_norm(&[f64::NAN]) == 0.0);
    }
}
