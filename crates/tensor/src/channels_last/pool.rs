//! Max pooling of channels-last images, alone and after a ReLU.

use super::PoolBlock;
use super::pool_kernels::{Back, Max};
use crate::Elem;
use sparring_math::simd::{self, Isa};

impl PoolBlock {
    /// The largest element of each window, and its place in the window.
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[c\], `y` and `at` \[oh\]\[ow\]\[c\]; or several images one after the other.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn max<E: Elem>(&self, x: &[E], y: &mut [E], at: &mut [u8]) {
        self.max_on::<E, false>(simd::isa(), x, y, at);
    }
    /// As [`max`](Self::max) of max(z, 0): a ReLU and the pooling after it in one pass.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn relu_max<E: Elem>(&self, z: &[E], y: &mut [E], at: &mut [u8]) {
        self.max_on::<E, true>(simd::isa(), z, y, at);
    }
    /// The gradient of [`max`](Self::max) with respect to `x`: zeros, and `dy` added at each winner.
    ///
    /// # Panics
    /// If a length does not fit or a winner lies outside its image.
    #[track_caller]
    pub fn unmax<E: Elem>(&self, dy: &[E], at: &[u8], dx: &mut [E]) {
        self.unmax_on::<E, false>(simd::isa(), dy, &[], at, dx);
    }
    /// The gradient of [`relu_max`](Self::relu_max) with respect to `z`, for its output `y`: `dy` passes only where y > 0 (NaN where y is NaN).
    ///
    /// # Panics
    /// If a length does not fit or a winner lies outside its image.
    #[track_caller]
    pub fn relu_unmax<E: Elem>(&self, dy: &[E], y: &[E], at: &[u8], dz: &mut [E]) {
        self.unmax_on::<E, true>(simd::isa(), dy, y, at, dz);
    }

    #[track_caller]
    pub(super) fn max_on<E: Elem, const RELU: bool>(&self, isa: Isa, x: &[E], y: &mut [E], at: &mut [u8]) {
        self.fits(x.len(), &[y.len(), at.len()]);
        let (image, result) = (self.image().max(1), self.result().max(1));
        for ((x, y), at) in x.chunks(image).zip(y.chunks_mut(result)).zip(at.chunks_mut(result)) {
            simd::dispatch_on(isa, Max::<E, RELU> { block: self, x, y, at });
        }
    }
    #[track_caller]
    pub(super) fn unmax_on<E: Elem, const RELU: bool>(
        &self,
        isa: Isa,
        dy: &[E],
        y: &[E],
        at: &[u8],
        dx: &mut [E],
    ) {
        self.fits(dx.len(), &[dy.len(), at.len(), if RELU { y.len() } else { dy.len() }]);
        let (image, result) = (self.image().max(1), self.result().max(1));
        for (n, dx) in dx.chunks_mut(image).enumerate() {
            let of = n * result..(n + 1) * result;
            let y = if RELU { &y[of.clone()] } else { &[] };
            simd::dispatch_on(isa, Back::<E, RELU> { block: self, dy: &dy[of.clone()], y, at: &at[of], dx });
        }
    }
}
