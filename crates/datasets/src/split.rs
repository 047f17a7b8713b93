//! One part of a data set: pixels, labels, and which of its rows are in view.

use crate::rows_in_view::Rows;
use crate::{DataError, Pixels};
use std::ops::Range;
use std::sync::Arc;

/// Labelled examples. A part of a split ([`first`](Split::first), [`subset`](Split::subset)) shares its memory, and each
/// example keeps its id: its index in the whole.
#[derive(Clone, Debug)]
pub struct Split {
    pixels: Pixels,
    labels: Arc<[u16]>,
    shape: [usize; 3],
    rows: Rows,
    /// The id of each stored row, where that is not its place.
    ids: Option<Arc<[u64]>>,
}

impl Split {
    /// # Shapes
    /// `pixels` `n · c · h · w` for `shape = [c, h, w]`, `labels` `n`.
    /// # Errors
    /// [`DataError::Shape`] when the numbers do not fit together, or an input is not finite.
    pub fn new(pixels: Pixels, shape: [usize; 3], labels: impl Into<Arc<[u8]>>) -> Result<Self, DataError> {
        let labels: Arc<[u8]> = labels.into();
        Self::of_many_classes(pixels, shape, labels.iter().map(|&k| k.into()).collect::<Arc<[u16]>>())
    }
    /// As [`new`](Split::new), where there may be more than 256 classes.
    ///
    /// # Errors
    /// As [`new`](Split::new).
    pub fn of_many_classes(
        pixels: Pixels,
        shape: [usize; 3],
        labels: impl Into<Arc<[u16]>>,
    ) -> Result<Self, DataError> {
        let labels = labels.into();
        let want = shape.iter().try_fold(labels.len(), |a, &b| a.checked_mul(b));
        if want != Some(pixels.len()) || shape.contains(&0) {
            let (p, l) = (pixels.len(), labels.len());
            return Err(DataError::Shape(format!(
                "{p} pixels for {l} labels and examples of shape {shape:?}"
            )));
        }
        if let Pixels::F32(p) = &pixels
            && let Some(i) = p.iter().position(|x| !x.is_finite())
        {
            return Err(DataError::Shape(format!("input {i} is {}", p[i])));
        }
        let rows = Rows::Range(0..labels.len());
        Ok(Self { pixels, labels, shape, rows, ids: None })
    }

    /// Number of examples in view.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// No example at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// `[channels, height, width]` of one example.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// Numbers in one example.
    pub fn dim(&self) -> usize {
        self.shape.iter().product()
    }
    /// The first `n` examples, or all when there are fewer.
    #[must_use]
    pub fn first(&self, n: usize) -> Self {
        self.range(0..n.min(self.len()))
    }
    /// The examples `range`, as for a validation part.
    ///
    /// # Panics
    /// If the range leaves the split.
    #[must_use]
    #[track_caller]
    pub fn range(&self, range: Range<usize>) -> Self {
        let n = self.len();
        assert!(range.start <= range.end && range.end <= n, "split: examples {range:?} of {n}");
        Self { rows: self.rows.part(range), ..self.clone() }
    }
    /// The examples `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below `len()`.
    #[must_use]
    #[track_caller]
    pub fn subset(&self, indices: &[usize]) -> Self {
        Self { rows: Rows::Picked(indices.iter().map(|&i| self.at(i)).collect()), ..self.clone() }
    }
    /// Example `i`'s index in the whole split, from which all its randomness is keyed.
    ///
    /// # Panics
    /// If `i >= len()`.
    #[track_caller]
    pub fn id(&self, i: usize) -> u64 {
        let at = self.at(i);
        self.ids.as_ref().map_or(at as u64, |ids| ids[at])
    }
    /// Example `i`'s class.
    ///
    /// # Panics
    /// If `i >= len()`.
    #[track_caller]
    pub fn label(&self, i: usize) -> usize {
        usize::from(self.labels[self.at(i)])
    }
    /// All classes, example after example.
    pub fn labels(&self) -> Vec<usize> {
        (0..self.len()).map(|i| self.label(i)).collect()
    }
    /// Example `i` as numbers; bytes become `byte / 255`.
    ///
    /// # Panics
    /// If `i >= len()`.
    #[track_caller]
    pub fn row(&self, i: usize) -> Vec<f32> {
        let mut out = vec![0.0; self.dim()];
        self.to_f32(&[i], &mut out);
        out
    }
    /// Examples `indices` as numbers, one after the other.
    ///
    /// # Shapes
    /// `out` holds `indices.len() · c · h · w`.
    /// # Panics
    /// If `out` has another length or an index is not below `len()`.
    #[track_caller]
    pub fn to_f32(&self, indices: &[usize], out: &mut [f32]) {
        let dim = self.dim();
        let (want, got) = (indices.len() * dim, out.len());
        assert!(
            want == got,
            "split: {} examples of {:?} are {want} numbers, out holds {got}",
            indices.len(),
            self.shape
        );
        for (&i, out) in indices.iter().zip(out.chunks_exact_mut(dim)) {
            self.pixels.to_f32(self.place(i), out);
        }
    }
    /// The same examples, class `k` called `to[k]`.
    ///
    /// # Panics
    /// If a stored class is not below `to.len()`.
    #[track_caller]
    pub(crate) fn relabelled(&self, to: &[u16]) -> Self {
        Self { labels: self.labels.iter().map(|&k| to[usize::from(k)]).collect(), ..self.clone() }
    }
    /// The examples in view with other inputs, finite and as many, their classes and ids kept.
    #[track_caller]
    pub(crate) fn with_pixels(&self, pixels: Pixels) -> Self {
        let labels: Vec<u16> = (0..self.len()).map(|i| self.labels[self.at(i)]).collect();
        let ids = Some((0..self.len()).map(|i| self.id(i)).collect());
        Self { ids, ..Self::of_many_classes(pixels, self.shape, labels).expect("as many finite numbers") }
    }
    /// Asks the caches for example `i`, which [`to_f32`](Self::to_f32) will soon read; nothing if there is none.
    pub(crate) fn ask_for(&self, i: usize) {
        if i < self.len() {
            self.pixels.ask_for(self.place(i));
        }
    }
    /// Prepares the memory for reads in no order.
    pub(crate) fn gather_pages(&self) {
        self.pixels.gather_pages();
    }
    /// The stored inputs of the whole, whatever part is in view; rows by [`id`](Split::id), unless they were corrupted.
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    /// The classes of the whole, as they are stored.
    pub(crate) fn stored_labels(&self) -> &[u16] {
        &self.labels
    }
    /// Where example `i` lies among the stored numbers.
    #[track_caller]
    pub(crate) fn place(&self, i: usize) -> Range<usize> {
        let (at, dim) = (self.at(i), self.dim());
        at * dim..(at + 1) * dim
    }
    #[track_caller]
    fn at(&self, i: usize) -> usize {
        let n = self.len();
        assert!(i < n, "split: example {i} of {n}");
        self.rows.at(i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten() -> Split {
        Split::new(Pixels::U8((0..40).collect()), [1, 2, 2], (0..10).collect::<Vec<u8>>()).unwrap()
    }

    #[test]
    fn parts_keep_ids_labels_and_pixels() {
        let part = ten().range(2..8).subset(&[5, 0, 5]);
        assert_eq!((part.len(), part.labels()), (3, vec![7, 2, 7]));
        assert_eq!([part.id(0), part.id(1)], [7, 2]);
        assert_eq!(part.row(1), [8.0f32, 9.0, 10.0, 11.0].map(|b| b / 255.0));
        assert_eq!(part.first(1).labels(), [7]);
        assert_eq!(part.range(1..3).labels(), [2, 7]);
        assert_eq!(ten().first(99).len(), 10);
        let all = part.all();
        assert_eq!((all.ids.clone(), all.x.len(), all.shape), (vec![7, 2, 7], 12, [1, 2, 2]));
    }

    #[test]
    fn bytes_are_divided_as_f32() {
        let split = Split::new(Pixels::U8((0..=255).collect()), [1, 16, 16], vec![0]).unwrap();
        for (b, x) in split.row(0).into_iter().enumerate() {
            assert_eq!(x.to_bits(), (b as f32 / 255.0).to_bits());
        }
    }

    #[test]
    fn more_classes_than_a_byte_holds() {
        let pixels = || Pixels::U8((0..4).collect());
        let split = Split::of_many_classes(pixels(), [1, 1, 2], vec![999, 256]).unwrap();
        assert_eq!((split.labels(), split.label(0)), (vec![999, 256], 999));
        let few = Split::of_many_classes(pixels(), [1, 1, 2], vec![231, 0]).unwrap();
        let same = Split::new(pixels(), [1, 1, 2], vec![231, 0]).unwrap();
        assert_eq!(few.fingerprint(), same.fingerprint());
        // 999 is 231 + 3 · 256, 256 is 0 + 256.
        assert_ne!(few.fingerprint(), split.fingerprint());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(Split::new(Pixels::U8(vec![0; 7].into()), [1, 2, 2], vec![0, 1]).is_err());
        assert!(Split::new(Pixels::U8(vec![].into()), [1, 0, 2], vec![0]).is_err());
        let nan = Split::new(Pixels::F32(vec![0.0, f32::NAN].into()), [1, 1, 2], vec![0]);
        assert!(nan.unwrap_err().to_string().contains("NaN"));
    }

    #[test]
    #[should_panic(expected = "example 10 of 10")]
    fn an_index_past_the_end_is_a_bug_of_the_caller() {
        let _ = ten().label(10);
    }
}
