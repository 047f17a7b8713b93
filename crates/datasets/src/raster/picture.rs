//! Pictures as their files hold them.

use crate::DataError;
use crate::files::unfit;
use png::{BitDepth, ColorType, Transformations};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// One picture of bytes, channel after channel, each row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// 1 (grey) or 3 (red, green, blue).
    pub channels: usize,
    /// `[height, width]`.
    pub size: [usize; 2],
    /// `channels · height · width` bytes.
    pub bytes: Vec<u8>,
    /// How opaque each pixel is, where the file says so: `height · width` bytes.
    pub opacity: Option<Vec<u8>>,
}

/// Most pixels of a picture: 4096 x 4096.
const PIXELS: u64 = 1 << 24;
/// The way out for pictures of another kind.
pub(crate) const CONVERT: &str = "convert it, with `magick FILE FILE.png` say";
/// Most bytes that deflate makes of one.
const DEFLATE: u64 = 1032;

impl Picture {
    /// Reads a PNG: grey, colours or a palette, of 1 to 16 bits (those above 8 are rounded to 8), with or without opacity. Of an animation its first picture.
    ///
    /// Nothing is allocated on the word of a header that the file's length cannot hold.
    ///
    /// # Errors
    /// [`DataError::Io`]; [`DataError::Unfit`] for what is no whole PNG of at most 16.7 million pixels.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        let failed = |source| DataError::Io { path: path.into(), source };
        let file = File::open(path).map_err(failed)?;
        let data = file.metadata().map_err(failed)?;
        if !data.is_file() {
            return Err(unfit(path, "is no file".into()));
        }
        let broken = |e: png::DecodingError| match e {
            png::DecodingError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => failed(e),
            png::DecodingError::IoError(_) => unfit(path, "is cut short".into()),
            e => unfit(path, format!("is no PNG that can be read: {}", line(&e.to_string()))),
        };
        let mut file = BufReader::new(file);
        if let Some(kind) = other_kind(file.fill_buf().map_err(failed)?) {
            return Err(unfit(path, format!("is {kind}, and only PNGs are read: {CONVERT}")));
        }
        let mut decoder = png::Decoder::new_with_limits(file, png::Limits { bytes: 1 << 27 });
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().map_err(broken)?;
        let (width, height) = (reader.info().width, reader.info().height);
        let pixels = u64::from(width) * u64::from(height);
        if pixels > PIXELS {
            return Err(unfit(
                path,
                format!("has {width} x {height} pixels; at most {PIXELS} can be read: make it smaller"),
            ));
        }
        let bits = pixels * reader.info().bits_per_pixel() as u64;
        if bits / 8 > DEFLATE * (data.len() + 1024) {
            return Err(unfit(
                path,
                format!("says that it has {width} x {height} pixels, but is too short for them"),
            ));
        }
        let most = reader.output_buffer_size().ok_or_else(|| unfit(path, "is too large".into()))?;
        let mut bytes = vec![0; most];
        let frame = reader.next_frame(&mut bytes).map_err(broken)?;
        bytes.truncate(frame.buffer_size());
        if frame.bit_depth == BitDepth::Sixteen {
            let wide = bytes.chunks_exact(2).map(|b| u32::from(u16::from_be_bytes([b[0], b[1]])));
            bytes = wide.map(|v| ((v + 128) / 257) as u8).collect();
        }
        let (channels, samples) = match frame.color_type {
            ColorType::Grayscale => (1, 1),
            ColorType::GrayscaleAlpha => (1, 2),
            ColorType::Rgba => (3, 4),
            _ => (3, 3),
        };
        let sample = |k: usize| bytes.iter().skip(k).step_by(samples).copied();
        Ok(Self {
            channels,
            size: [height as usize, width as usize],
            bytes: (0..channels).flat_map(sample).collect(),
            opacity: (samples > channels).then(|| sample(channels).collect()),
        })
    }
    /// The bytes over a background of this grey.
    pub fn over(&self, background: u8) -> Vec<u8> {
        let Some(opacity) = &self.opacity else { return self.bytes.clone() };
        let mixed = |(&v, &a): (&u8, &u8)| {
            let (v, a) = (u32::from(v), u32::from(a));
            ((v * a + u32::from(background) * (255 - a) + 127) / 255) as u8
        };
        self.bytes.iter().zip(opacity.iter().cycle()).map(mixed).collect()
    }
}

/// What a file is that begins so and is no PNG, with its article.
fn other_kind(first: &[u8]) -> Option<&'static str> {
    Some(match first {
        [0xff, 0xd8, 0xff, ..] => "a JPEG",
        [b'G', b'I', b'F', b'8', ..] => "a GIF",
        [b'B', b'M', ..] => "a BMP",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "a WebP picture",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "a TIFF",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "an AVIF or HEIC picture",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'<', ..] => "a web page or an SVG drawing",
        _ => return None,
    })
}

/// One short line of another's message.
fn line(text: &str) -> String {
    text.chars().take(120).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
