//! Kernels, steps and borders of convolutions and pools, as two axes.

use super::call::Call;
use super::live::Live;
use crate::StoreError;

/// What the attributes of an operator over windows say.
#[derive(Debug)]
pub(super) struct Window {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Before and after the image along each axis, the border of a Pad before it included.
    pub before: [usize; 2],
    pub after: [usize; 2],
}

/// Most of any of its numbers.
const MOST: i64 = 1 << 16;

impl Window {
    /// For an image of these pixels; `kernel` of the weight, or else the attribute.
    pub fn of(
        call: &Call<'_>,
        x: &Live,
        [h, w]: [usize; 2],
        kernel: Option<[usize; 2]>,
    ) -> Result<Self, StoreError> {
        let is_row = x.dims.len() == 2;
        // A row of pixels is an image of height 1.
        let pair = |name: &str, usual: usize, along: usize| match call.ints(name) {
            None => Ok([usual; 2]),
            Some(ints) => {
                let fits = ints.iter().all(|v| (0..=MOST).contains(v))
                    && ints.len() == if is_row { along } else { 2 * along };
                match ints.iter().map(|&v| v as usize).collect::<Vec<_>>()[..] {
                    [k] if fits => Ok([usual, k]),
                    [a, b] if fits => Ok([a, b]),
                    _ => Err(call.wrong(format!("{name} is {ints:?}"))),
                }
            }
        };
        let kernel = match (kernel, call.has("kernel_shape")) {
            (Some(kernel), false) => kernel,
            (own, true) => {
                let said = pair("kernel_shape", 1, 1)?;
                if own.is_some_and(|own| own != said) {
                    return Err(call.wrong(format!("kernel_shape {said:?}, the weight's is {own:?}")));
                }
                said
            }
            (None, false) => return Err(call.wrong("kernel_shape is missing")),
        };
        let (stride, dilation) = (pair("strides", 1, 1)?, pair("dilations", 1, 1)?);
        if kernel.contains(&0) || stride.contains(&0) || dilation.contains(&0) {
            return Err(call.wrong("a kernel, stride or dilation of 0"));
        }
        let wide = [0, 1].map(|i| (kernel[i] - 1) * dilation[i] + 1);
        let (mut before, mut after) = ([0; 2], [0; 2]);
        match call.text("auto_pad", "NOTSET").as_str() {
            "VALID" => {}
            same @ ("SAME_UPPER" | "SAME_LOWER") => {
                for (i, extent) in [h, w].into_iter().enumerate() {
                    let out = extent.div_ceil(stride[i]);
                    let all = ((out.max(1) - 1) * stride[i] + wide[i]).saturating_sub(extent);
                    let (less, more) = (all / 2, all - all / 2);
                    (before[i], after[i]) = if same == "SAME_UPPER" { (less, more) } else { (more, less) };
                }
            }
            _ => match call.ints("pads") {
                None => {}
                Some(pads) => match (is_row, pads) {
                    _ if !pads.iter().all(|p| (0..=MOST).contains(p)) => {
                        return Err(call.wrong(format!("pads are {pads:?}")));
                    }
                    (true, &[left, right]) => (before[1], after[1]) = (left as usize, right as usize),
                    (false, &[top, left, bottom, right]) => {
                        (before, after) = ([top as usize, left as usize], [bottom as usize, right as usize]);
                    }
                    _ => return Err(call.wrong(format!("pads are {pads:?}"))),
                },
            },
        }
        let [top, left, bottom, right] = x.border;
        let before = [before[0] + top, before[1] + left];
        let after = [after[0] + bottom, after[1] + right];
        Ok(Self { kernel, stride, dilation, before, after })
    }
    /// The border, where it is the same on both sides.
    pub fn padding(&self) -> Option<[usize; 2]> {
        (self.before == self.after).then_some(self.before)
    }
    /// Whether rounding the number of windows up would give more of them.
    pub fn leaves_pixels(&self, pixels: [usize; 2]) -> bool {
        (0..2).any(|i| {
            let all = pixels[i] + self.before[i] + self.after[i];
            !all.saturating_sub(self.kernel[i]).is_multiple_of(self.stride[i])
        })
    }
}
