//! The extents of a batch normalisation.

/// Batch normalisation of examples of `pixels` rows of `channels` numbers: images channels-last, or vectors, which are images of one pixel
/// (Ioffe and Szegedy, 2015).
///
/// The calls take `n` examples. `apart` is the distance in numbers between the beginnings of neighbouring examples, one entry for each slice in the order
/// of the arguments. With the mean μ, the biased variance v and the gain g of a channel, r = 1 / √(v + eps), and N rows in the whole batch:
///
/// - forward, y = g r (x − μ) + bias: [`affine`](Self::affine) with scale g r and shift bias − μ g r;
/// - gradients of the parameters: dbias = Σ dy and dgain = r Σ dy (x − μ), from [`GradSums`](super::GradSums);
/// - gradient of the input: [`input_grad`](Self::input_grad) with a = g r, b = −g r³ / N · Σ dy (x − μ) and d = −a / N · Σ dy.
///
/// ```
/// use sparring_tensor::normalize::{BatchNormBlock, Moments};
/// let (block, x) = (BatchNormBlock::new(1, 2), [1.0f32, 10.0, 3.0, 10.0]);
/// let mut moments = Moments::new(2);
/// block.moments(2, &x, 2, &mut moments);
/// assert_eq!((moments.count(), moments.mean(), moments.squares()), (2, &[2.0, 10.0][..], &[2.0, 0.0][..]));
/// let mut y = [0.0; 4];
/// block.affine(2, &x, &mut y, [2, 2], &[1.0, 0.5], &[-2.0, 0.0]);
/// assert_eq!(y, [-1.0, 5.0, 1.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchNormBlock {
    pub(super) pixels: usize,
    pub(super) channels: usize,
}

impl BatchNormBlock {
    /// Examples of `pixels` rows of `channels` numbers; 1 pixel for vectors.
    ///
    /// # Panics
    /// If an example has more numbers than memory has addresses.
    #[track_caller]
    pub fn new(pixels: usize, channels: usize) -> Self {
        crate::extent::allocatable("batch norm", &[pixels, channels]);
        Self { pixels, channels }
    }
    /// Numbers in an example.
    pub fn example(&self) -> usize {
        self.pixels * self.channels
    }
    /// The slices of `numbers` must have a number for each channel.
    #[track_caller]
    pub(super) fn per_channel(&self, what: &str, numbers: &[usize]) {
        assert!(
            numbers.iter().all(|&n| n == self.channels),
            "{what}: {numbers:?} numbers for {} channels",
            self.channels
        );
    }
}
