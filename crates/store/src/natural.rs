//! The order in which people put names.

/// A name cut into texts and numbers, so that `fc10` comes after `fc2`.
pub(crate) fn natural(name: &str) -> Vec<(String, u64)> {
    let mut key = vec![(String::new(), 0u64)];
    let mut in_number = false;
    for c in name.chars() {
        match c.to_digit(10) {
            Some(d) => {
                let number = &mut key.last_mut().expect("never empty").1;
                *number = number.saturating_mul(10).saturating_add(u64::from(d));
                in_number = true;
            }
            None => {
                if in_number {
                    key.push((String::new(), 0));
                    in_number = false;
                }
                key.last_mut().expect("never empty").0.push(c);
            }
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["fc10", "fc2", "conv1", "fc1b", "fc1", "a.12.b", "a.3.b"];
        names.sort_by_cached_key(|n| natural(n));
        assert_eq!(names, ["a.3.b", "a.12.b", "conv1", "fc1", "fc1b", "fc2", "fc10"]);
    }
}
