//! Mean and standard deviation of a few numbers.

/// Mean, and sample standard deviation (divided by n - 1) of two or more; `None` of nothing.
pub(crate) fn spread(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = values.len() as f64;
    // Equal numbers have themselves as their mean, to the last bit.
    let first = *values.first()?;
    let mean = first + values.iter().map(|v| v - first).sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    Some((mean, (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn spreads_are_those_of_the_book() {
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[0.1]), Some((0.1, None)));
        assert_eq!(spread(&[0.1, 0.1, 0.1]), Some((0.1, Some(0.0))));
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squares 32.
        assert_eq!(
            spread(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]),
            Some((5.0, Some((32.0_f64 / 7.0).sqrt())))
        );
    }
}
