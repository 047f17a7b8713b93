//! The input gradient of batch normalisation.

use super::BatchNormBlock;
use super::per_channel::per_channel;
use crate::Elem;

impl BatchNormBlock {
    /// dx = a\[c\] · dy + b\[c\] · (x − μ\[c\]) + d\[c\] with `coefficients` `[a, b, μ, d]`: centred first, so that a mean far from 0 costs no digits.
    ///
    /// # Panics
    /// If a slice is too short, examples of `dx` overlap, or coefficients are not one a channel.
    #[track_caller]
    pub fn input_grad<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        dx: &mut [E],
        apart: [usize; 3],
        coefficients: [&[E]; 4],
    ) {
        let (inputs, dx) = ([(x, apart[0]), (dy, apart[1])], (dx, apart[2]));
        per_channel("batch norm input_grad", *self, n, dx, inputs, coefficients, |_, [x, dy], k| {
            combined(x, dy, k)
        });
    }
    /// As [`input_grad`](Self::input_grad) for a ReLU after it with the output `y`: dy counts where y > 0.
    ///
    /// # Panics
    /// As [`input_grad`](Self::input_grad).
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "four slices of a kernel and what is to be known of them")]
    pub fn relu_input_grad<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        y: &[E],
        dx: &mut [E],
        apart: [usize; 4],
        coefficients: [&[E]; 4],
    ) {
        let inputs = [(x, apart[0]), (dy, apart[1]), (y, apart[2])];
        let what = "batch norm relu_input_grad";
        per_channel(what, *self, n, (dx, apart[3]), inputs, coefficients, |_, [x, dy, y], k| {
            combined(x, masked(dy, y), k)
        });
    }
    /// [`input_grad`](Self::input_grad) in the place of `dy`.
    ///
    /// # Panics
    /// As [`input_grad`](Self::input_grad).
    #[track_caller]
    pub fn input_grad_in_place<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &mut [E],
        apart: [usize; 2],
        coefficients: [&[E]; 4],
    ) {
        let what = "batch norm input_grad_in_place";
        let (inputs, dx) = ([(x, apart[0])], (dy, apart[1]));
        per_channel(what, *self, n, dx, inputs, coefficients, |dy, [x], k| combined(x, dy, k));
    }
    /// [`relu_input_grad`](Self::relu_input_grad) in the place of `dy`.
    ///
    /// # Panics
    /// As [`input_grad`](Self::input_grad).
    #[track_caller]
    pub fn relu_input_grad_in_place<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &mut [E],
        y: &[E],
        apart: [usize; 3],
        coefficients: [&[E]; 4],
    ) {
        let what = "batch norm relu_input_grad_in_place";
        let (inputs, dx) = ([(x, apart[0]), (y, apart[2])], (dy, apart[1]));
        per_channel(what, *self, n, dx, inputs, coefficients, |dy, [x, y], k| combined(x, masked(dy, y), k));
    }
}

#[inline(always)]
fn masked<E: Elem>(dy: E, y: E) -> E {
    if y > E::ZERO { dy } else { E::ZERO }
}

#[inline(always)]
fn combined<E: Elem>(x: E, dy: E, [a, b, mean, d]: [E; 4]) -> E {
    a * dy + (b * (x - mean) + d)
}
