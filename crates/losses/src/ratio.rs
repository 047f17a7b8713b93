//! A loss that is the ratio of two sums of a few logits: what both DLR losses are.

use sparring_math::Real;

/// What keeps the denominator above 0 where logits are equal.
const LEAST: f64 = 1e-12;

/// (Σ a_i z_i) / (Σ b_i z_i + 1e-12), sums over the indices listed; the numerator alone where `b` is empty.
pub(crate) struct Ratio<'a> {
    pub(crate) a: &'a [(usize, f64)],
    pub(crate) b: &'a [(usize, f64)],
}

fn dot<E: Real>(terms: &[(usize, f64)], v: &[E]) -> E {
    terms.iter().fold(E::ZERO, |sum, &(i, factor)| sum + E::of(factor) * v[i])
}

impl Ratio<'_> {
    fn denominator<E: Real>(&self, z: &[E]) -> E {
        if self.b.is_empty() { E::ONE } else { dot(self.b, z) + E::of(LEAST) }
    }
    /// Value, and the gradient a/D − N b/D² in `dz`.
    pub(crate) fn eval<E: Real>(&self, z: &[E], dz: &mut [E]) -> E {
        let (n, d) = (dot(self.a, z), self.denominator(z));
        let value = n / d;
        dz.fill(E::ZERO);
        self.a.iter().for_each(|&(i, factor)| dz[i] += E::of(factor) / d);
        self.b.iter().for_each(|&(i, factor)| dz[i] -= value * E::of(factor) / d);
        value
    }
    /// The Hessian times `v`: (2 N/D · b (b·v) − a (b·v) − b (a·v)) / D².
    pub(crate) fn hvp<E: Real>(&self, z: &[E], v: &[E], out: &mut [E]) {
        let (n, d) = (dot(self.a, z), self.denominator(z));
        let (along_a, along_b) = (dot(self.a, v), dot(self.b, v));
        out.fill(E::ZERO);
        let of_b = (E::of(2.0) * n / d * along_b - along_a) / (d * d);
        self.a.iter().for_each(|&(i, factor)| out[i] -= E::of(factor) * along_b / (d * d));
        self.b.iter().for_each(|&(i, factor)| out[i] += E::of(factor) * of_b);
    }
}

/// The indices of the `N` largest, largest first, of equals the first; `None` if one is NaN or there are fewer.
pub(crate) fn largest<const N: usize, E: Real>(z: &[E]) -> Option<[usize; N]> {
    if z.len() < N || z.iter().any(|z| z.is_nan()) {
        return None;
    }
    let mut top = [usize::MAX; N];
    for (i, &value) in z.iter().enumerate() {
        let mut new = i;
        let mut held = value;
        for place in &mut top {
            if *place == usize::MAX || held > z[*place] {
                std::mem::swap(place, &mut new);
                if new == usize::MAX {
                    break;
                }
                held = z[new];
            }
        }
    }
    Some(top)
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_come_first_and_of_equals_the_first() {
        assert_eq!(largest::<3, f32>(&[1.0, 5.0, 3.0, 4.0]), Some([1, 3, 2]));
        assert_eq!(largest::<3, f32>(&[2.0, 2.0, 2.0, 2.0]), Some([0, 1, 2]));
        assert_eq!(largest::<3, f32>(&[2.0, 1.0]), None);
        assert_eq!(largest::<2, f32>(&[2.0, f32::NAN]), None);
        assert_eq!(largest::<2, f64>(&[f64::NEG_INFINITY, 0.0]), Some([1, 0]));
    }
}
