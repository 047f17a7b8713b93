//! Arithmetic on constants: what a file computes of shapes.

use super::constant::{Constant, Numbers};

/// Add, Sub, Mul or Div of two constants of one shape (but for leading ones), or of which one is a single number; whole numbers are divided towards 0. `None` where they do not fit.
pub(super) fn arithmetic(op: &str, x: &Constant, y: &Constant) -> Option<Constant> {
    let (n, m) = (x.numbers.len(), y.numbers.len());
    let dims = match (n, m) {
        (0, _) | (_, 0) => return None,
        // A single number takes the other's shape, with as many leading ones as its own has more.
        (_, 1) if x.dims.len() >= y.dims.len() => &x.dims,
        (1, _) if y.dims.len() >= x.dims.len() => &y.dims,
        _ if bare(&x.dims) == bare(&y.dims) => {
            if x.dims.len() >= y.dims.len() {
                &x.dims
            } else {
                &y.dims
            }
        }
        _ => return None,
    };
    let places = |i: usize| (if n == 1 { 0 } else { i }, if m == 1 { 0 } else { i });
    let numbers = if let (Numbers::Whole(a), Numbers::Whole(b)) = (&x.numbers, &y.numbers) {
        let one = |(i, j): (usize, usize)| match op {
            "Add" => a[i].checked_add(b[j]),
            "Sub" => a[i].checked_sub(b[j]),
            "Mul" => a[i].checked_mul(b[j]),
            _ => a[i].checked_div(b[j]),
        };
        Numbers::Whole((0..n.max(m)).map(|i| one(places(i))).collect::<Option<_>>()?)
    } else {
        let (a, b) = (x.floats(), y.floats());
        let one = |(i, j): (usize, usize)| match op {
            "Add" => a[i] + b[j],
            "Sub" => a[i] - b[j],
            "Mul" => a[i] * b[j],
            _ => a[i] / b[j],
        };
        Numbers::Floats((0..n.max(m)).map(|i| one(places(i))).collect())
    };
    Some(Constant { dims: dims.clone(), numbers })
}

/// Extents without leading ones.
fn bare(dims: &[usize]) -> &[usize] {
    let ones = dims.iter().take_while(|d| **d == 1).count();
    &dims[ones..]
}

impl Constant {
    /// The numbers at these places.
    pub fn gathered(&self, places: &[usize], dims: Vec<usize>) -> Self {
        let numbers = match &self.numbers {
            Numbers::Floats(v) => Numbers::Floats(places.iter().map(|&i| v[i]).collect()),
            Numbers::Whole(v) => Numbers::Whole(places.iter().map(|&i| v[i]).collect()),
        };
        Self { dims, numbers }
    }
    /// Several along their first axis; `None` for none, and for unlike types.
    pub fn joined(all: &[&Self]) -> Option<Self> {
        let numbers = if all.iter().all(|c| c.whole_numbers().is_some()) {
            Numbers::Whole(all.iter().flat_map(|c| c.whole_numbers().unwrap_or_default().to_vec()).collect())
        } else if all.iter().all(|c| c.whole_numbers().is_none()) {
            Numbers::Floats(all.iter().flat_map(|c| c.floats()).collect())
        } else {
            return None;
        };
        (!all.is_empty()).then(|| Self { dims: vec![numbers.len()], numbers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_computed_as_whole_numbers() {
        let c = |v: &[i64]| Constant::whole(v.to_vec());
        assert_eq!(arithmetic("Mul", &c(&[2, 3]), &c(&[4])), Some(c(&[8, 12])));
        assert_eq!(arithmetic("Div", &c(&[-7]), &c(&[2])), Some(c(&[-3])));
        assert_eq!(arithmetic("Div", &c(&[7]), &c(&[0])), None);
        assert_eq!(arithmetic("Add", &c(&[i64::MAX]), &c(&[1])), None);
        assert_eq!(arithmetic("Sub", &c(&[1, 2]), &c(&[1, 2, 3])), None);
        assert_eq!(arithmetic("Sub", &c(&[]), &c(&[1])), None);
        assert_eq!(Constant::joined(&[&c(&[1]), &c(&[2, 3])]), Some(c(&[1, 2, 3])));
    }
}
