//! The sums in the gradients of batch normalisation.

use super::BatchNormBlock;
use super::columns::add_columns;
use crate::Elem;

/// Σ dy and Σ dy (x − mean) of each channel, in `f64`; those of several shards can be added.
#[derive(Clone, Debug, PartialEq)]
pub struct GradSums {
    dy: Vec<f64>,
    dy_x: Vec<f64>,
}

impl GradSums {
    /// Zeros.
    pub fn new(channels: usize) -> Self {
        Self { dy: vec![0.0; channels], dy_x: vec![0.0; channels] }
    }
    /// Back to zeros.
    pub fn clear(&mut self) {
        self.dy.fill(0.0);
        self.dy_x.fill(0.0);
    }
    /// Σ dy of each channel: the gradient of the bias.
    pub fn dy(&self) -> &[f64] {
        &self.dy
    }
    /// Σ dy (x − mean) of each channel: divided by the standard deviation, the gradient of the gain.
    pub fn dy_x(&self) -> &[f64] {
        &self.dy_x
    }
    /// Adds the sums of another shard.
    ///
    /// # Panics
    /// If the numbers of channels differ.
    #[track_caller]
    pub fn add(&mut self, later: &GradSums) {
        let lengths = [self.dy.len(), later.dy.len()];
        assert!(lengths[0] == lengths[1], "GradSums::add: {lengths:?} channels");
        self.dy.iter_mut().zip(&later.dy).for_each(|(sum, dy)| *sum += dy);
        self.dy_x.iter_mut().zip(&later.dy_x).for_each(|(sum, dy_x)| *sum += dy_x);
    }
}

impl BatchNormBlock {
    /// Σ dy and Σ dy (x − mean) of each channel over `n` examples; what `into` held is forgotten.
    ///
    /// # Panics
    /// If a slice is too short, or `mean` or `into` has another number of channels.
    #[track_caller]
    pub fn grad_sums<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        apart: [usize; 2],
        mean: &[E],
        into: &mut GradSums,
    ) {
        into.clear();
        let (inputs, sums) = ([(x, apart[0]), (dy, apart[1])], [&mut into.dy[..], &mut into.dy_x[..]]);
        add_columns("batch norm grad_sums", *self, n, inputs, mean, sums, |[x, dy], mean| {
            [dy, dy * (x - mean)]
        });
    }
    /// As [`grad_sums`](Self::grad_sums) for a ReLU after it with the output `y`: dy counts where y > 0.
    ///
    /// # Panics
    /// As [`grad_sums`](Self::grad_sums).
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "three slices of a kernel and what is to be known of them")]
    pub fn relu_grad_sums<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        y: &[E],
        apart: [usize; 3],
        mean: &[E],
        into: &mut GradSums,
    ) {
        into.clear();
        let inputs = [(x, apart[0]), (dy, apart[1]), (y, apart[2])];
        let sums = [&mut into.dy[..], &mut into.dy_x[..]];
        add_columns("batch norm relu_grad_sums", *self, n, inputs, mean, sums, |[x, dy, y], mean| {
            let dy = if y > E::ZERO { dy } else { E::ZERO };
            [dy, dy * (x - mean)]
        });
    }
}
