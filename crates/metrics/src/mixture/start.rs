//! Where the centres of a mixture begin.

/// `k` rows by k-means++: the first by the first uniform number, each further one with a chance that grows with its squared distance
/// to the nearest chosen so far.
///
/// Source: Arthur and Vassilvitskii, SODA 2007.
pub(super) fn spread_rows(rows: &[f32], dim: usize, uniforms: &[f64]) -> Vec<f64> {
    let n = rows.len() / dim;
    let row = |i: usize| &rows[i * dim..(i + 1) * dim];
    let mut nearest = vec![f64::INFINITY; n];
    let mut centres = Vec::with_capacity(uniforms.len() * dim);
    for (c, &u) in uniforms.iter().enumerate() {
        let total: f64 = if c == 0 { 0.0 } else { nearest.iter().sum() };
        // The first centre, or rows that all stand on centres: any row will do.
        let chosen = if total > 0.0 { at(&nearest, u * total) } else { ((u * n as f64) as usize).min(n - 1) };
        centres.extend(row(chosen).iter().map(|&x| f64::from(x)));
        for (i, nearest) in nearest.iter_mut().enumerate() {
            let square = |(&x, &y): (&f32, &f32)| (f64::from(x) - f64::from(y)).powi(2);
            *nearest = nearest.min(row(i).iter().zip(row(chosen)).map(square).sum());
        }
    }
    centres
}

/// The first place at which the running sum of `masses` is above `target`; never one without mass.
fn at(masses: &[f64], target: f64) -> usize {
    let mut below = 0.0;
    let mut last = 0;
    for (i, &mass) in masses.iter().enumerate().filter(|&(_, &mass)| mass > 0.0) {
        below += mass;
        last = i;
        if target < below {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_groups_get_a_centre_each() {
        let rows = [0.0, 0.1, 0.2, 50.0, 50.1, -80.0, -80.1];
        for u in [0.1, 0.3, 0.6, 0.99] {
            let mut centres = spread_rows(&rows, 1, &[u, u, u]);
            centres.sort_by(f64::total_cmp);
            assert!(centres[0] < -79.0 && centres[1].abs() < 1.0 && centres[2] > 49.0, "{u}: {centres:?}");
        }
        assert_eq!(spread_rows(&[2.0, 2.0], 1, &[0.5, 1.0]), [2.0, 2.0], "equal rows are no trap");
    }
}
