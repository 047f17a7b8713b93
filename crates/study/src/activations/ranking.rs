//! Which activation comes first.

/// The places, from 1, of what is compared by a first figure and, where that is equal, by a second one, larger ones first; equal ones share a place. `None` is not ranked.
pub(super) fn places(all: &[Option<(f64, f64)>]) -> Vec<Option<usize>> {
    let better = |a: &(f64, f64), b: &(f64, f64)| a.0 > b.0 || (a.0 == b.0 && a.1 > b.1);
    let place = |own: &(f64, f64)| 1 + all.iter().flatten().filter(|other| better(other, own)).count();
    all.iter().map(|own| own.as_ref().map(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn equal_ones_share_a_place_and_masks_have_none() {
        let all = [Some((0.5, 0.1)), None, Some((0.9, 0.0)), Some((0.5, 0.3)), Some((0.5, 0.1))];
        assert_eq!(places(&all), [Some(3), None, Some(1), Some(2), Some(3)]);
    }
}
