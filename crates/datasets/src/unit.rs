//! Bytes to numbers in [0, 1].

use sparring_math::simd;

/// Every byte over 255.
pub(crate) fn unit(bytes: &[u8], out: &mut [f32]) {
    simd::dispatch(Units(bytes, out));
}

struct Units<'a>(&'a [u8], &'a mut [f32]);
impl simd::Kernel for Units<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.1.iter_mut().zip(self.0).for_each(|(o, &b)| *o = over_255(b));
    }
}

/// `b / 255` to the last bit without a division: 1/255 is split in 2⁻⁸, whose product is exact, and the rest.
#[inline(always)]
fn over_255(b: u8) -> f32 {
    const REST: f32 = (1.0 / 255.0 - 1.0 / 256.0) as f32;
    let b = f32::from(b);
    b * (1.0 / 256.0) + b * REST
}
