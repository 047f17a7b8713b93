//! Some examples of many.

use sparring_datasets::Split;

/// At most `most` examples from all over the split, at equal distances.
pub(super) fn spread(split: &Split, most: usize) -> Split {
    let (all, n) = (split.len(), most.min(split.len()));
    split.subset(&(0..n).map(|i| i * all / n).collect::<Vec<_>>())
}

/// The pixels of all examples, row after row.
pub(super) fn rows(split: &Split) -> Vec<f32> {
    sparring_train::pixels(split, &(0..split.len()).collect::<Vec<_>>()).as_slice().to_vec()
}
