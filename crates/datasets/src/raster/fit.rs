//! A picture of any size as the example that a network takes.

use super::digit::as_mnist;
use super::drawn::light_on_dark;
use super::fit_error::FitError;
use super::{Picture, Raster};

/// How a picture becomes an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Not at all: it must have the network's size and channels.
    AsIs,
    /// Resized to the network's size.
    Plain,
    /// Light on dark: where the background is lighter than what is drawn on it, it is inverted; then resized.
    Drawn,
    /// As MNIST was made: frames and strips along the edges painted over, light on dark, cut to the ink, its longer side 20/28 of the network's, its centre of mass in the middle.
    Digit,
}

/// An example, and what was done to the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// `c · h · w` numbers in [0, 1].
    pub x: Vec<f32>,
    /// What was done, in order, beginning with what was read.
    pub steps: Vec<String>,
}

impl Picture {
    /// The picture as an example of shape `[c, h, w]`.
    ///
    /// # Errors
    /// [`FitError`].
    pub fn fitted(&self, [c, h, w]: [usize; 3], fit: Fit) -> Result<Fitted, FitError> {
        if !matches!(c, 1 | 3) || h == 0 || w == 0 {
            return Err(FitError::Channels(c, h, w));
        }
        let ([own_h, own_w], area) = (self.size, self.size[0] * self.size[1]);
        let grey = self.bytes.chunks_exact(area).all(|channel| channel == &self.bytes[..area]);
        let mut steps = vec![format!("{own_w} x {own_h} pixels, {}", if grey { "grey" } else { "colours" })];
        let drawn = c == 1 && matches!(fit, Fit::Drawn | Fit::Digit);
        let background = if drawn && self.is_dark_ink() { 255 } else { 0 };
        if self.opacity.as_ref().is_some_and(|o| o.iter().any(|&o| o < 255)) {
            steps.push(format!("transparent: laid over {}", if background == 0 { "black" } else { "white" }));
        }
        let read = Raster::new(
            [self.channels, own_h, own_w],
            self.over(background).iter().map(|&b| f64::from(b) / 255.0).collect(),
        );
        let mut image = match (c, grey) {
            (1, true) => Raster::new([1, own_h, own_w], read.values()[..area].to_vec()),
            (1, false) if fit == Fit::AsIs => return Err(FitError::Colour),
            (1, false) => {
                steps.push("made grey".into());
                Raster::new([1, own_h, own_w], luminance(&read))
            }
            _ if self.channels == 3 => read,
            _ => Raster::new([3, own_h, own_w], read.values().repeat(3)),
        };
        if fit == Fit::AsIs {
            if (own_h, own_w) != (h, w) {
                return Err(FitError::Size(own_w, own_h, w, h));
            }
            steps.push("taken as it is".into());
        } else if drawn {
            image = light_on_dark(image, fit == Fit::Digit, &mut steps)?;
        }
        if fit == Fit::Digit && c == 1 {
            image = as_mnist(image, [h, w], &mut steps);
        } else if (own_h, own_w) != (h, w) {
            steps.push(format!("resized to {w} x {h}"));
            if own_w * h != own_h * w {
                steps.push("proportions not kept".into());
            }
            image = image.resized([h, w]);
        }
        Ok(Fitted { x: image.values().iter().map(|&v| v.clamp(0.0, 1.0) as f32).collect(), steps })
    }
    /// Whether the opaque pixels of a transparent picture are dark.
    fn is_dark_ink(&self) -> bool {
        let Some(opacity) = &self.opacity else { return false };
        let weight: u64 = opacity.iter().map(|&o| u64::from(o)).sum::<u64>() * self.channels as u64;
        let light: u64 =
            self.bytes.iter().zip(opacity.iter().cycle()).map(|(&v, &o)| u64::from(v) * u64::from(o)).sum();
        2 * light < 255 * weight
    }
}

/// The weights of ITU-R BT.601.
fn luminance(colours: &Raster) -> Vec<f64> {
    let channels: Vec<&[f64]> = colours.channels().collect();
    (0..channels[0].len())
        .map(|i| 0.299 * channels[0][i] + 0.587 * channels[1][i] + 0.114 * channels[2][i])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mnist;

    fn picture(size: [usize; 2], bytes: Vec<u8>) -> Picture {
        Picture { channels: bytes.len() / (size[0] * size[1]), size, bytes, opacity: None }
    }

    fn far(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
    }

    #[test]
    fn a_digit_comes_back_from_whatever_was_done_to_it() {
        let test = Mnist::embedded().test.first(60);
        let (mut worst, mut uneven) = (0.0f32, 0.0f32);
        for i in 0..test.len() {
            let x = test.row(i);
            let bytes: Vec<u8> = x.iter().map(|v| (v * 255.0).round() as u8).collect();
            let inverted: Vec<u8> = bytes.iter().map(|b| 255 - b).collect();
            // Four times as large, dark on light, off the middle, in colours.
            let (h, w) = (150, 200);
            let mut large = vec![240u8; 3 * h * w];
            for (k, v) in large.iter_mut().enumerate() {
                let (r, c) = ((k / w) % h, k % w);
                if (20..132).contains(&r) && (70..182).contains(&c) {
                    let v_there = f64::from(bytes[(r - 20) / 4 * 28 + (c - 70) / 4]);
                    *v = (240.0 - 230.0 * v_there / 255.0).round() as u8;
                }
            }
            let fit = |p: Picture| p.fitted([1, 28, 28], Fit::Digit).unwrap();
            let same = fit(picture([28, 28], bytes));
            assert_eq!(
                (same.x.clone(), same.steps[1].as_str()),
                (x.clone(), "placed as MNIST's digits already")
            );
            let same = fit(picture([28, 28], inverted));
            assert!(far(&same.x, &x) < 1e-6 && same.steps[1].contains("inverted"), "{:?}", same.steps);
            let fitted = fit(picture([h, w], large.clone()));
            assert_eq!(fitted.steps[0], "200 x 150 pixels, grey");
            assert!(fitted.steps[1..].concat().contains("invertedcontrast stretched"), "{:?}", fitted.steps);
            worst = worst.max(far(&fitted.x, &x));
            // Paper in uneven light, with grain.
            let grain = |k: usize| (k % w) as f64 * 0.15 + ((k * 2_654_435_761) >> 7) as f64 % 7.0 - 20.0;
            let photo: Vec<u8> = large[..h * w]
                .iter()
                .enumerate()
                .map(|(k, &v)| (f64::from(v) * 0.9 + grain(k)) as u8)
                .collect();
            uneven += far(&fit(picture([h, w], photo)).x, &x) / 60.0;
        }
        // A centre of mass on the edge between two pixels may fall to either; a digit moved by one pixel differs by about 0.1.
        assert!(uneven < 0.05, "{uneven}");
        assert!(worst < 0.01, "{worst}");
    }

    #[test]
    fn other_nets_get_resized_pictures_and_as_is_changes_nothing() {
        let red = picture([2, 4], [vec![255; 8], vec![0; 16]].concat());
        let fitted = red.fitted([3, 1, 2], Fit::Digit).unwrap();
        assert_eq!(
            (fitted.x, &fitted.steps[..]),
            (
                vec![1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
                &["4 x 2 pixels, colours".to_string(), "resized to 2 x 1".into()][..]
            )
        );
        let fitted = red.fitted([1, 2, 2], Fit::Plain).unwrap();
        assert!(
            (fitted.x[0] - 0.299).abs() < 1e-6
                && fitted.steps[1..] == ["made grey", "resized to 2 x 2", "proportions not kept"]
        );
        assert_eq!(red.fitted([1, 2, 4], Fit::AsIs), Err(FitError::Colour));
        assert_eq!(red.fitted([3, 2, 2], Fit::AsIs), Err(FitError::Size(4, 2, 2, 2)));
        assert_eq!(red.fitted([2, 2, 2], Fit::Plain), Err(FitError::Channels(2, 2, 2)));
        assert_eq!(red.fitted([1, 2, 2], Fit::Drawn), Err(FitError::Blank));
        let white_shirt = picture([3, 3], [255, 255, 255, 255, 100, 255, 255, 255, 255].to_vec());
        let drawn = white_shirt.fitted([1, 3, 3], Fit::Drawn).unwrap();
        assert!((drawn.x[4] - 155.0 / 255.0).abs() < 1e-6 && drawn.x[0] == 0.0);
        assert_eq!(white_shirt.fitted([1, 3, 3], Fit::AsIs).unwrap().x[4], 100.0 / 255.0);
        let grey = picture([1, 2], vec![0, 255]).fitted([3, 1, 2], Fit::Plain).unwrap();
        assert_eq!(grey.x, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn transparent_ink_is_laid_over_what_shows_it() {
        for (ink, under) in [(0u8, "white"), (255, "black")] {
            let mut opacity = vec![0; 64];
            (20..24).for_each(|i| opacity[i] = 255);
            let picture = Picture { channels: 1, size: [8, 8], bytes: vec![ink; 64], opacity: Some(opacity) };
            let fitted = picture.fitted([1, 8, 8], Fit::Drawn).unwrap();
            assert!(
                fitted.steps[1].contains(under) && fitted.x[21] == 1.0 && fitted.x[0] == 0.0,
                "{:?}",
                fitted.steps
            );
        }
    }
}
