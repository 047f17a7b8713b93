//! Sizes and addresses computed from extents and strides, without wrapping: what `unsafe` code trusts is computed here.

use crate::TensorError;

/// Number of elements of an array of these extents. `None` where the product overflows, also if only a partial product does (beside an extent of 0): loops
/// compute the partial products too.
pub(crate) fn numbers(extents: &[usize]) -> Option<usize> {
    let all = extents.iter().try_fold(1usize, |n, &e| n.checked_mul(e.max(1)))?;
    Some(if extents.contains(&0) { 0 } else { all })
}

/// Checks that memory could hold arrays of these extents, of any scalar.
///
/// # Errors
/// [`TensorError::TooLarge`] with the name and extents of the first that is too large.
pub(crate) fn addressable(arrays: &[(&'static str, &[usize])]) -> Result<(), TensorError> {
    const MOST: usize = isize::MAX as usize / size_of::<f64>();
    match arrays.iter().find(|(_, extents)| numbers(extents).is_none_or(|n| n > MOST)) {
        Some(&(what, extents)) => Err(TensorError::TooLarge { what, extents: extents.to_vec() }),
        None => Ok(()),
    }
}

/// [`numbers`], for memory that is about to be allocated.
///
/// # Panics
/// If the product overflows.
#[track_caller]
pub(crate) fn allocatable(what: &str, extents: &[usize]) -> usize {
    numbers(extents)
        .unwrap_or_else(|| panic!("{what}: {extents:?} is more numbers than memory has addresses"))
}

/// From the first element of a strided block to its last: Σ (extent − 1) · stride over the axes `(extent, stride)`; `None` where that overflows.
/// Anything if an extent is 0.
#[inline(always)]
fn last<const N: usize>(axes: [(usize, usize); N]) -> Option<usize> {
    let mut last = 0usize;
    for (extent, stride) in axes {
        last = last.checked_add(extent.wrapping_sub(1).checked_mul(stride)?)?;
    }
    Some(last)
}

/// Numbers from the first element of a strided block to its last, both included: 0 if an extent is 0. `None` where that overflows.
pub(crate) fn span<const N: usize>(axes: [(usize, usize); N]) -> Option<usize> {
    if axes.iter().any(|&(extent, _)| extent == 0) { Some(0) } else { last(axes)?.checked_add(1) }
}

/// Checks that a strided block lies inside `len` numbers.
///
/// # Panics
/// If it does not.
#[track_caller]
#[inline(always)]
pub(crate) fn inside<const N: usize>(what: &str, axes: [(usize, usize); N], len: usize) {
    if last(axes).is_none_or(|last| last >= len) {
        look_again(what, axes, len);
    }
}

/// Not inlined into [`inside`]: a check then costs its caller some comparisons, without the code of the message. Axes are passed by value: behind a reference they would
/// be stored to memory before each check.
#[cold]
#[inline(never)]
#[track_caller]
fn look_again<const N: usize>(what: &str, axes: [(usize, usize); N], len: usize) {
    let (extents, strides) = (axes.map(|(extent, _)| extent), axes.map(|(_, stride)| stride));
    assert!(
        extents.contains(&0),
        "{what}: {extents:?} with strides {strides:?} does not fit into {len} numbers"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_wraps() {
        assert_eq!(numbers(&[]), Some(1));
        assert_eq!(numbers(&[3, 0, 5]), Some(0));
        assert_eq!(numbers(&[usize::MAX]), Some(usize::MAX));
        assert_eq!(numbers(&[1 << 32, 1 << 32]), None);
        assert_eq!(numbers(&[0, 1 << 32, 1 << 32]), None, "a loop over the last two would wrap");
        assert_eq!(span([(2, usize::MAX - 7), (8, 1)]), None);
        assert_eq!(span([(2, usize::MAX - 8), (8, 1)]), Some(usize::MAX));
        assert_eq!(span([(9, (1 << 61) + 1), (1, 1)]), None);
        assert_eq!(span([(usize::MAX, 1)]), Some(usize::MAX));
        assert_eq!(span([(5, usize::MAX), (0, usize::MAX)]), Some(0), "no element, wherever it would lie");
        assert_eq!(span([(3, 10), (2, 4), (5, 1)]), Some(20 + 4 + 4 + 1));
        for stride in [0, 1, 5, usize::MAX] {
            inside("nothing", [(0, stride), (5, usize::MAX)], 0);
            inside("nothing", [(7, stride), (0, stride)], 3);
        }
        inside("all", [(3, 10), (2, 4), (5, 1)], 29);
    }

    #[test]
    #[should_panic(
        expected = "outer: [2, 8] with strides [18446744073709551608, 1] does not fit into 16 numbers"
    )]
    fn a_block_outside_is_named() {
        inside("outer", [(2, usize::MAX - 7), (8, 1)], 16);
    }
}
