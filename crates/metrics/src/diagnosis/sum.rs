//! Sums of many terms.

/// Σ f(v) in eight sums, whose additions do not wait for each other; the order is fixed by the length alone.
///
/// ```
/// use sparring_metrics::sum_of;
/// assert_eq!(sum_of(&[1.0f32, 2.0, 3.0], |v| f64::from(v) * f64::from(v)), 14.0);
/// ```
pub fn sum_of<T: Copy>(x: &[T], f: impl Fn(T) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    let mut add = |part: &[T]| sums.iter_mut().zip(part).for_each(|(sum, &v)| *sum += f(v));
    let (eights, rest) = x.as_chunks::<8>();
    eights.iter().for_each(|part| add(part));
    add(rest);
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_added_once() {
        for n in [0, 1, 7, 8, 9, 16, 23] {
            let x: Vec<f32> = (0..n).map(|i| i as f32).collect();
            assert_eq!(sum_of(&x, f64::from), (0..n).map(f64::from).sum::<f64>(), "{n}");
        }
        assert!(sum_of(&[1.0, f32::NAN], f64::from).is_nan());
    }
}
