//! One image as numbers.

/// One image, its numbers in [0, 1], channel after channel, each row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    shape: [usize; 3],
    x: Vec<f64>,
}

impl Raster {
    /// # Shapes
    /// `x` `c · h · w` for `shape = [c, h, w]`.
    /// # Panics
    /// If the numbers do not fill the shape, or there is none.
    #[track_caller]
    pub fn new(shape: [usize; 3], x: Vec<f64>) -> Self {
        let want = shape.iter().try_fold(1usize, |a, &b| a.checked_mul(b));
        assert!(want == Some(x.len()) && !x.is_empty(), "raster: {} numbers for {shape:?}", x.len());
        Self { shape, x }
    }
    /// `[channels, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// `[height, width]`.
    pub fn size(&self) -> [usize; 2] {
        [self.shape[1], self.shape[2]]
    }
    /// All numbers.
    pub fn values(&self) -> &[f64] {
        &self.x
    }
    /// All numbers.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.x
    }
    /// Each channel's `height · width` numbers.
    pub fn channels(&self) -> std::slice::ChunksExact<'_, f64> {
        self.x.chunks_exact(self.shape[1] * self.shape[2])
    }
    /// Each channel's `height · width` numbers.
    pub fn channels_mut(&mut self) -> std::slice::ChunksExactMut<'_, f64> {
        self.x.chunks_exact_mut(self.shape[1] * self.shape[2])
    }
    /// The mean over the channels: `height · width` numbers.
    pub fn grey(&self) -> Vec<f64> {
        let mut grey = vec![0.0; self.shape[1] * self.shape[2]];
        for channel in self.channels() {
            grey.iter_mut().zip(channel).for_each(|(g, v)| *g += v / self.shape[0] as f64);
        }
        grey
    }
}
