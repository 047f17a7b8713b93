//! One picture, whatever it was made from.

use crate::ReportError;

/// Most pixels a picture may have along one side.
pub(super) const LIMIT: usize = 16_384;
/// What a pixel that is no number looks like: nothing in a grey image can be mistaken for it.
const NOT_A_NUMBER: [u8; 3] = [255, 0, 255];

/// A picture of 8-bit red, green and blue, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    height: usize,
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Image {
    /// Picture of one example with values in [0, 1]; values outside are clamped, NaN is drawn in magenta.
    ///
    /// # Shapes
    /// `x` [c, h, w] channels first, c = 1 (grey) or 3 (red, green, blue)
    ///
    /// # Errors
    /// Other channel counts, no pixels, a side above 16,384, or an `x` that does not fill the shape.
    ///
    /// ```
    /// use sparring_report::grid::Image;
    /// let image = Image::new([1, 1, 3], &[0.0, 0.5, 2.0])?;
    /// assert_eq!(image.pixel(0, 1), [128; 3]);
    /// assert_eq!(image.pixel(0, 2), [255; 3]);
    /// # Ok::<(), sparring_report::ReportError>(())
    /// ```
    pub fn new(shape: [usize; 3], x: &[f32]) -> Result<Self, ReportError> {
        let area = checked_area(shape, x.len())?;
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        Ok(Self::from_channels(shape, area, |pixel| {
            let rgb = pixel.map(|at| x[at]);
            if rgb.iter().any(|v| v.is_nan()) { NOT_A_NUMBER } else { rgb.map(byte) }
        }))
    }

    /// Picture of one example stored as bytes.
    ///
    /// # Shapes
    /// `x` [c, h, w] channels first, c = 1 or 3
    ///
    /// # Errors
    /// As [`Image::new`].
    pub fn from_bytes(shape: [usize; 3], x: &[u8]) -> Result<Self, ReportError> {
        let area = checked_area(shape, x.len())?;
        Ok(Self::from_channels(shape, area, |pixel| pixel.map(|at| x[at])))
    }

    /// Picture of a perturbation: blue at −`eps`, white at 0, red at +`eps`; beyond that it saturates.
    ///
    /// Three channels are averaged. NaN is drawn in magenta. An `eps` that is not positive counts as the largest
    /// magnitude in `delta`.
    ///
    /// # Shapes
    /// `delta` [c, h, w], c = 1 or 3
    ///
    /// # Errors
    /// As [`Image::new`].
    ///
    /// ```
    /// use sparring_report::grid::Image;
    /// let image = Image::signed([1, 1, 3], &[-0.3, 0.0, 0.3], 0.3)?;
    /// assert_eq!(image.pixel(0, 1), [255; 3]);
    /// let (minus, plus) = (image.pixel(0, 0), image.pixel(0, 2));
    /// assert!(minus[2] > minus[0] && plus[0] > plus[2]);
    /// # Ok::<(), sparring_report::ReportError>(())
    /// ```
    pub fn signed(shape: [usize; 3], delta: &[f32], eps: f32) -> Result<Self, ReportError> {
        let area = checked_area(shape, delta.len())?;
        let largest = || delta.iter().fold(0.0f32, |m, d| m.max(d.abs()));
        let full = if eps > 0.0 { eps } else { largest() };
        Ok(Self::from_channels(shape, area, |pixel| {
            let mean = pixel.map(|at| delta[at]).iter().sum::<f32>() / 3.0;
            if mean.is_nan() { NOT_A_NUMBER } else { diverging(if full > 0.0 { mean / full } else { 0.0 }) }
        }))
    }

    /// Pixels down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Red, green and blue at (`row`, `column`).
    ///
    /// # Panics
    /// If the position is outside the image.
    #[track_caller]
    pub fn pixel(&self, row: usize, column: usize) -> [u8; 3] {
        assert!(
            row < self.height && column < self.width,
            "pixel ({row}, {column}) of an image of [{}, {}]",
            self.height,
            self.width
        );
        self.pixels[row * self.width + column]
    }

    /// A picture of one colour; the caller answers for the size.
    pub(super) fn filled(height: usize, width: usize, colour: [u8; 3]) -> Self {
        Self { height, width, pixels: vec![colour; height * width] }
    }

    /// Draws `other` with its corner at (`top`, `left`), each of its pixels `scale` by `scale`.
    pub(super) fn draw(&mut self, other: &Image, top: usize, left: usize, scale: usize) {
        for row in 0..other.height * scale {
            let start = (top + row) * self.width + left;
            let line = &mut self.pixels[start..start + other.width * scale];
            for (column, slot) in line.iter_mut().enumerate() {
                *slot = other.pixels[row / scale * other.width + column / scale];
            }
        }
    }

    /// The picture with each pixel `factor` by `factor`; unchanged if that would be too large.
    pub(crate) fn enlarged(&self, factor: usize) -> Self {
        if factor < 2 || self.height.max(self.width).saturating_mul(factor) > LIMIT {
            return self.clone();
        }
        let mut large = Self::filled(self.height * factor, self.width * factor, [0; 3]);
        large.draw(self, 0, 0, factor);
        large
    }

    /// Calls `colour` with the three indices (equal for grey) of each pixel.
    fn from_channels(shape: [usize; 3], area: usize, colour: impl Fn([usize; 3]) -> [u8; 3]) -> Self {
        let [channels, height, width] = shape;
        let stride = if channels == 3 { area } else { 0 };
        let pixels = (0..area).map(|at| colour([at, at + stride, at + 2 * stride])).collect();
        Self { height, width, pixels }
    }

    /// The picture as a PNG file, one byte a pixel where it is grey.
    pub fn to_png(&self) -> Vec<u8> {
        let grey = self.pixels.iter().all(|[r, g, b]| r == g && g == b);
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let data: Vec<u8> = if grey {
            encoder.set_color(png::ColorType::Grayscale);
            self.pixels.iter().map(|p| p[0]).collect()
        } else {
            encoder.set_color(png::ColorType::Rgb);
            self.pixels.iter().flatten().copied().collect()
        };
        // The sizes are bounded and positive, the data fills them, and a Vec takes every byte.
        let mut writer = encoder.write_header().expect("header of a bounded image");
        writer.write_image_data(&data).expect("data that fills the image");
        writer.finish().expect("end of a PNG in memory");
        out
    }
}

/// Cuts rows into pictures.
///
/// # Shapes
/// `rows` [n, c, h, w] with `shape` = [c, h, w] -> n images
///
/// # Errors
/// As [`Image::new`]; also if `rows` is not a whole number of examples.
pub fn images_from_rows(shape: [usize; 3], rows: &[f32]) -> Result<Vec<Image>, ReportError> {
    let size = shape.iter().try_fold(1usize, |all, &side| all.checked_mul(side)).unwrap_or(usize::MAX);
    if size == 0 {
        return Err(ReportError::Empty);
    }
    if !rows.len().is_multiple_of(size) {
        return Err(ReportError::Pixels { len: rows.len(), shape });
    }
    rows.chunks_exact(size).map(|x| Image::new(shape, x)).collect()
}

/// Height times width, if the shape can be drawn and `len` fills it.
fn checked_area(shape: [usize; 3], len: usize) -> Result<usize, ReportError> {
    let [channels, height, width] = shape;
    if channels != 1 && channels != 3 {
        return Err(ReportError::Channels(channels));
    }
    if height == 0 || width == 0 {
        return Err(ReportError::Empty);
    }
    if height > LIMIT || width > LIMIT {
        return Err(ReportError::TooLarge { width, height });
    }
    if len != channels * height * width {
        return Err(ReportError::Pixels { len, shape });
    }
    Ok(height * width)
}

/// Blue through white to red for −1 ..= 1: ends that colour-blind readers tell apart, equally dark.
fn diverging(t: f32) -> [u8; 3] {
    let end = if t < 0.0 { [33.0, 102.0, 172.0] } else { [202.0, 40.0, 50.0] };
    let weight = t.abs().min(1.0);
    end.map(|c: f32| (255.0 + (c - 255.0) * weight).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_colours() {
        let x = [1.0, 0.0, 0.0, 1.0, 0.5, 0.5];
        let image = Image::new([3, 1, 2], &x).unwrap();
        assert_eq!((image.pixel(0, 0), image.pixel(0, 1)), ([255, 0, 128], [0, 255, 128]));
        assert_eq!(Image::from_bytes([3, 1, 1], &[1, 2, 3]).unwrap().pixel(0, 0), [1, 2, 3]);
    }

    #[test]
    fn no_number_is_visible() {
        let image = Image::new([1, 1, 3], &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]).unwrap();
        assert_eq!(
            [image.pixel(0, 0), image.pixel(0, 1), image.pixel(0, 2)],
            [NOT_A_NUMBER, [255; 3], [0; 3]]
        );
        assert_eq!(Image::signed([1, 1, 1], &[f32::NAN], 0.1).unwrap().pixel(0, 0), NOT_A_NUMBER);
    }

    #[test]
    fn signed_scales_by_eps_and_saturates() {
        let image = Image::signed([1, 1, 4], &[0.1, 0.2, 9.0, -9.0], 0.2).unwrap();
        assert!(image.pixel(0, 0)[1] > image.pixel(0, 1)[1]);
        assert_eq!(image.pixel(0, 1), image.pixel(0, 2));
        assert_eq!(image.pixel(0, 3), diverging(-1.0));
        assert_eq!(Image::signed([1, 1, 2], &[0.0, 0.0], 0.0).unwrap().pixel(0, 1), [255; 3]);
        assert_eq!(Image::signed([1, 1, 2], &[0.05, -0.1], 0.0).unwrap().pixel(0, 1), diverging(-1.0));
    }

    #[test]
    fn wrong_shapes_are_errors() {
        assert!(matches!(Image::new([2, 1, 1], &[0.0; 2]), Err(ReportError::Channels(2))));
        assert!(matches!(Image::new([1, 0, 5], &[]), Err(ReportError::Empty)));
        assert!(matches!(Image::new([1, 2, 2], &[0.0; 3]), Err(ReportError::Pixels { len: 3, .. })));
        assert!(matches!(Image::new([1, usize::MAX, 2], &[]), Err(ReportError::TooLarge { .. })));
        assert!(images_from_rows([1, 2, 2], &[0.0; 6]).is_err());
        assert!(images_from_rows([1, usize::MAX, 2], &[0.0; 6]).is_err());
        assert_eq!(images_from_rows([1, 2, 2], &[0.0; 8]).unwrap().len(), 2);
    }
}
