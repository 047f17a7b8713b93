//! Polynomials, coefficients of low powers first.

use super::roots::root;

/// p(x).
pub(crate) fn value(p: &[f64], x: f64) -> f64 {
    p.iter().rev().fold(0.0, |sum, &c| sum * x + c)
}

/// p'.
pub(crate) fn derivative(p: &[f64]) -> Vec<f64> {
    p.iter().enumerate().skip(1).map(|(i, c)| i as f64 * c).collect()
}

/// p · q.
pub(crate) fn product(p: &[f64], q: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; (p.len() + q.len()).saturating_sub(1)];
    for (i, a) in p.iter().enumerate() {
        for (j, b) in q.iter().enumerate() {
            out[i + j] += a * b;
        }
    }
    out
}

/// p + factor · q.
pub(crate) fn sum(p: &[f64], factor: f64, q: &[f64]) -> Vec<f64> {
    let at = |p: &[f64], i: usize| p.get(i).copied().unwrap_or(0.0);
    (0..p.len().max(q.len())).map(|i| at(p, i) + factor * at(q, i)).collect()
}

/// The real x where p changes its sign, in ascending order: between two of them p' has one, so they are found from the lowest derivative up.
/// Leading coefficients that are rounding errors of the others are taken for 0.
pub(crate) fn sign_changes(p: &[f64]) -> Vec<f64> {
    let size = p.iter().fold(0.0f64, |m, c| m.max(c.abs()));
    let degree = p.iter().rposition(|c| c.abs() > 1e-13 * size).unwrap_or(0);
    let p = &p[..=degree.min(p.len().saturating_sub(1))];
    if degree == 0 {
        return Vec::new();
    }
    // Cauchy's bound.
    let far = 1.0 + size / p[degree].abs();
    let mut ends = vec![-far];
    ends.extend(sign_changes(&derivative(p)).into_iter().filter(|x| x.abs() < far));
    ends.push(far);
    ends.windows(2).filter_map(|w| root(|x| value(p, x), w[0], w[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_sign_of_a_product_of_factors() {
        let zeros = [-3.0, -0.25, 0.5, 2.0];
        // A double zero and a factor without one change no sign.
        let mut p = product(&[1.0, 0.0, 1.0], &product(&[-1.0, 1.0], &[-1.0, 1.0]));
        for z in zeros {
            p = product(&p, &[-z, 1.0]);
        }
        let found = sign_changes(&p);
        let apart: Vec<f64> = found.into_iter().filter(|x| (x - 1.0).abs() > 1e-6).collect();
        assert_eq!(apart.len(), 4, "{apart:?}");
        assert!(apart.iter().zip(zeros).all(|(x, z)| (x - z).abs() < 1e-13), "{apart:?}");
        assert!(sign_changes(&[2.0]).is_empty() && sign_changes(&[1.0, 0.0, 1.0]).is_empty());
    }
}
