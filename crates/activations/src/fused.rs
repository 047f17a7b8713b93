//! The slice methods of activations with fused multiply-adds.

/// The slice methods of an activation that is written for each `E`, with fused multiply-adds where the machine has them.
macro_rules! fused_slices {
    () => {
        fn forward(&self, x: &[E], y: &mut [E]) {
            if sparring_math::simd::fuses() {
                let (x, y) = (sparring_math::simd::fused(x), sparring_math::simd::fused_mut(y));
                $crate::slices::map($crate::contract::Value(*self), x, y);
            } else {
                $crate::slices::map($crate::contract::Value(*self), x, y);
            }
        }
        $crate::fused::fused_slices!(backward, First);
        $crate::fused::fused_slices!(backward2, Second);
    };
    ($door:ident, $Function:ident) => {
        fn $door(&self, x: &[E], dy: &[E], dx: &mut [E]) {
            if sparring_math::simd::fuses() {
                let (x, dy) = (sparring_math::simd::fused(x), sparring_math::simd::fused(dy));
                let dx = sparring_math::simd::fused_mut(dx);
                $crate::slices::map_times(stringify!($door), $crate::contract::$Function(*self), x, dy, dx);
            } else {
                $crate::slices::map_times(stringify!($door), $crate::contract::$Function(*self), x, dy, dx);
            }
        }
    };
}
pub(crate) use fused_slices;
