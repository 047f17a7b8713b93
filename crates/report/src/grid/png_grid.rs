//! Many pictures in one.

use std::path::Path;

use super::image::{Image, LIMIT};
use crate::ReportError;

/// How a grid of images is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridSpec {
    /// Images in a row; 0 makes the grid as square as it can be.
    pub columns: usize,
    /// Each pixel becomes `scale` by `scale` pixels; 0 counts as 1.
    pub scale: usize,
    /// Pixels between images and around them, not scaled.
    pub padding: usize,
    /// Colour of the padding and of empty places.
    pub background: [u8; 3],
}

impl Default for GridSpec {
    /// As square as can be, doubled, 2 pixels of mid grey between.
    fn default() -> Self {
        Self { columns: 0, scale: 2, padding: 2, background: [128; 3] }
    }
}

impl GridSpec {
    /// Height and width in pixels of a grid of `n` images of `image` = [height, width], before there are any.
    ///
    /// # Errors
    /// No image, or a side above 16,384 pixels.
    pub fn size(&self, n: usize, image: [usize; 2]) -> Result<[usize; 2], ReportError> {
        if n == 0 {
            return Err(ReportError::Empty);
        }
        let side = |count: usize, pixels: usize| {
            count
                .saturating_mul(pixels.saturating_mul(self.scale.max(1)).saturating_add(self.padding))
                .saturating_add(self.padding)
        };
        let columns = self.columns(n);
        let (height, width) = (side(n.div_ceil(columns), image[0]), side(columns, image[1]));
        if height > LIMIT || width > LIMIT {
            return Err(ReportError::TooLarge { width, height });
        }
        Ok([height, width])
    }

    /// Images in a row of `n`.
    fn columns(&self, n: usize) -> usize {
        let square = (n as f64).sqrt().ceil() as usize;
        if self.columns == 0 { square } else { self.columns.min(n) }
    }
}

/// All `images` in one PNG file, row by row, upscaled without smoothing.
///
/// # Errors
/// No images, images of different sizes, or a picture with a side above 16,384 pixels.
///
/// ```
/// use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
/// let images = images_from_rows([1, 28, 28], &vec![0.25; 64 * 784])?;
/// let png = png_grid(&images, &GridSpec::default())?;
/// assert_eq!(&png[1..4], b"PNG");
/// # Ok::<(), sparring_report::ReportError>(())
/// ```
pub fn png_grid(images: &[Image], spec: &GridSpec) -> Result<Vec<u8>, ReportError> {
    let first = images.first().ok_or(ReportError::Empty)?;
    let size = [first.height(), first.width()];
    for (index, image) in images.iter().enumerate() {
        let other = [image.height(), image.width()];
        if other != size {
            return Err(ReportError::Uneven { first: size, index, other });
        }
    }
    let [height, width] = spec.size(images.len(), size)?;
    let (columns, scale) = (spec.columns(images.len()), spec.scale.max(1));
    let mut sheet = Image::filled(height, width, spec.background);
    for (i, image) in images.iter().enumerate() {
        let top = spec.padding + i / columns * (size[0] * scale + spec.padding);
        let left = spec.padding + i % columns * (size[1] * scale + spec.padding);
        sheet.draw(image, top, left, scale);
    }
    Ok(sheet.to_png())
}

/// Writes the bytes of a PNG to `path`, whole or not at all.
///
/// # Errors
/// If the folder does not exist or the system refuses.
pub fn save_png(path: impl AsRef<Path>, png: &[u8]) -> Result<(), ReportError> {
    crate::write::write_atomic(path.as_ref(), png)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::images_from_rows;
    use proptest::prelude::*;

    /// Colour type, [height, width] and data as an independent reader sees them.
    fn decode(bytes: &[u8]) -> (png::ColorType, [usize; 2], Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        data.truncate(info.buffer_size());
        (info.color_type, [info.height as usize, info.width as usize], data)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_pixel_comes_back(n in 1usize..8, h in 1usize..6, w in 1usize..6, columns in 0usize..5, scale in 0usize..4, padding in 0usize..3) {
            let rows: Vec<f32> = (0..n * h * w).map(|i| (i * 37 % 256) as f32 / 255.0).collect();
            let spec = GridSpec { columns, scale, padding, background: [7; 3] };
            let png = png_grid(&images_from_rows([1, h, w], &rows).unwrap(), &spec).unwrap();
            let (colour, [height, width], data) = decode(&png);
            prop_assert_eq!(colour, png::ColorType::Grayscale);
            let scale = scale.max(1);
            let across = (width - padding) / (w * scale + padding);
            let mut seen = 0;
            for (i, image) in rows.chunks_exact(h * w).enumerate() {
                for (r, c) in (0..h * scale).flat_map(|r| (0..w * scale).map(move |c| (r, c))) {
                    let y = padding + i / across * (h * scale + padding) + r;
                    let x = padding + i % across * (w * scale + padding) + c;
                    let expected = (image[r / scale * w + c / scale] * 255.0).round() as u8;
                    prop_assert_eq!(data[y * width + x], expected);
                    seen += 1;
                }
            }
            // What is left is background.
            prop_assert!(data.iter().filter(|&&b| b == 7).count() >= height * width - seen);
        }
    }

    #[test]
    fn colour_is_kept() {
        let red = Image::new([3, 1, 1], &[1.0, 0.0, 0.0]).unwrap();
        let spec = GridSpec { scale: 1, padding: 0, ..GridSpec::default() };
        let (colour, size, data) = decode(&png_grid(&[red], &spec).unwrap());
        assert_eq!((colour, size, data), (png::ColorType::Rgb, [1, 1], vec![255, 0, 0]));
    }

    #[test]
    fn wrong_grids_are_errors() {
        let image = Image::new([1, 2, 2], &[0.0; 4]).unwrap();
        let other = Image::new([1, 2, 3], &[0.0; 6]).unwrap();
        assert!(matches!(png_grid(&[], &GridSpec::default()), Err(ReportError::Empty)));
        let uneven = png_grid(&[image.clone(), other], &GridSpec::default());
        assert!(matches!(uneven, Err(ReportError::Uneven { index: 1, .. })));
        let huge = GridSpec { scale: usize::MAX, ..GridSpec::default() };
        assert!(matches!(png_grid(&[image], &huge), Err(ReportError::TooLarge { .. })));
    }
}
