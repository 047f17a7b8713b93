//! Zeros of functions of one number.

/// Where a continuous `f` changes its sign in [l, u], to the last place; `None` if it has the same sign, or is 0, at an end.
pub(crate) fn root(f: impl Fn(f64) -> f64, mut l: f64, mut u: f64) -> Option<f64> {
    let rises = match (f(l), f(u)) {
        (a, b) if a < 0.0 && b > 0.0 => true,
        (a, b) if a > 0.0 && b < 0.0 => false,
        _ => return None,
    };
    loop {
        let x = 0.5 * l + 0.5 * u;
        if x <= l || x >= u {
            return Some(x);
        }
        let y = f(x);
        if y == 0.0 {
            return Some(x);
        }
        if (y > 0.0) == rises { u = x } else { l = x }
    }
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn a_change_of_sign_is_found_to_the_last_place() {
        let x = root(|x| x * x - 2.0, 0.0, 5.0).unwrap();
        assert!((x - std::f64::consts::SQRT_2).abs() <= 2.3e-16, "{x}");
        assert_eq!(root(|x| 3.0 - x, 1.0, 4.0), Some(3.0));
        assert_eq!(root(|x| x * x + 1.0, -1.0, 1.0), None);
    }
}
