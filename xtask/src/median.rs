//! Median and quartiles of several measurements.

/// The middle value; the mean of the two middle ones of an even number; NaN of none.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// First and third quartile; NaN of none.
pub fn quartiles(values: &[f64]) -> [f64; 2] {
    [0.25, 0.75].map(|q| quantile(values, q))
}

/// The q-quantile for q in [0, 1], linear between the two nearest values (numpy's default, type 7 of Hyndman and Fan 1996).
fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = q * last as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_odd_even_and_no_numbers() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn quartiles_lie_between_their_neighbours() {
        assert_eq!(quartiles(&[5.0, 1.0, 4.0, 2.0, 3.0]), [2.0, 4.0]);
        assert_eq!(quartiles(&[1.0, 2.0, 3.0, 4.0]), [1.75, 3.25]);
        assert_eq!(quartiles(&[7.0]), [7.0, 7.0]);
        assert!(quartiles(&[])[0].is_nan());
    }
}
