//! What is wrong with an autoencoder or its data, in words.

use super::features::variances;
use serde::{Deserialize, Serialize};
use sparring_metrics::MEAN_IMAGE_LIMIT;
use std::fmt;

/// Something that makes the figures of an autoencoder worthless, or its code smaller than it seems.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "alarm")]
#[non_exhaustive]
pub enum CodeAlarm {
    /// Every reconstruction is the mean image: it departs from it by less than 1 % of what images do.
    MeanImage {
        /// That share.
        departure: f64,
    },
    /// Pixels outside [0, 1].
    OutsideUnit {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// No pixel reaches a quarter: images that were divided once too often.
    ScaledAlready {
        /// The largest.
        high: f64,
    },
    /// Numbers of the code that are the same for every test image: less than a ten-thousandth of the mean variance.
    DeadNumbers {
        /// How many.
        dead: usize,
        /// Of how many.
        code: usize,
    },
}

/// Images whose largest pixel is below this were probably scaled twice.
const DARK: f64 = 0.25;
/// A number whose variance is below this share of the mean variance does not count.
const STILL: f64 = 1e-4;

/// Numbers of codes `[n, k]` that do not vary; all of them where none does.
pub(super) fn dead_numbers(codes: &[f32], k: usize) -> usize {
    let all = variances(codes, k);
    let mean = all.iter().sum::<f64>() / k as f64;
    all.iter().filter(|&&v| v <= STILL * mean).count()
}

/// What there is to raise: of the training images' pixels, the codes' [dead numbers](CodeAlarm::DeadNumbers) of `code`, and the
/// [departure](sparring_metrics::departure_from_mean) of reconstructions from the mean image.
pub fn code_alarms(pixels: &[f32], (dead, code): (usize, usize), departure: f64) -> Vec<CodeAlarm> {
    let ends = pixels.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
    let (low, high) = (f64::from(ends.0), f64::from(ends.1));
    let mut all = Vec::new();
    if low < 0.0 || high > 1.0 {
        all.push(CodeAlarm::OutsideUnit { low, high });
    } else if high < DARK {
        all.push(CodeAlarm::ScaledAlready { high });
    }
    if departure < MEAN_IMAGE_LIMIT {
        all.push(CodeAlarm::MeanImage { departure });
    }
    if dead > 0 {
        all.push(CodeAlarm::DeadNumbers { dead, code });
    }
    all
}

impl fmt::Display for CodeAlarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MeanImage { departure } => write!(
                f,
                "equals the mean image: reconstructions depart from it by {:.2} % of what images do; whatever is put in, the same comes out. Train longer, or change --lr",
                100.0 * departure
            ),
            Self::OutsideUnit { low, high } => {
                write!(
                    f,
                    "pixels from {low:.3} to {high:.3}, not in [0, 1]: errors are not those of such images"
                )
            }
            Self::ScaledAlready { high } => write!(
                f,
                "inputs already scaled: no pixel is above {high:.3}; divided once more than needed, images make errors small that say nothing"
            ),
            Self::DeadNumbers { dead, code } if dead == code => {
                write!(
                    f,
                    "dead code: all {code} numbers are the same for every test image, so nothing passes"
                )
            }
            Self::DeadNumbers { dead, code } => write!(
                f,
                "dead code: {dead} of {code} numbers are the same for every test image; the code is one of {} numbers",
                code - dead
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alarm_has_its_sign() {
        let bright = [0.0, 0.9];
        assert_eq!(code_alarms(&bright, (0, 4), 0.5), []);
        let said = |pixels: &[f32], dead, departure| {
            let all = code_alarms(pixels, (dead, 4), departure);
            assert_eq!(all.len(), 1);
            all[0].to_string()
        };
        assert!(said(&bright, 0, 0.001).starts_with("equals the mean image"));
        assert!(said(&[0.0, 0.1], 0, 0.5).starts_with("inputs already scaled: no pixel is above 0.100"));
        assert!(said(&[-0.5, 0.9], 0, 0.5).contains("from -0.500 to 0.900"));
        assert!(said(&bright, 1, 0.5).contains("1 of 4 numbers"));
        assert!(said(&bright, 4, 0.5).contains("all 4 numbers"));
    }

    #[test]
    fn numbers_that_hardly_move_are_dead() {
        let moving = |i: usize, j: usize| match j {
            0 => i as f32,
            1 => 1.0 + 1e-3 * i as f32,
            _ => 3.0,
        };
        let codes: Vec<f32> = (0..300).map(|at| moving(at / 3, at % 3)).collect();
        assert_eq!(dead_numbers(&codes, 3), 2);
        assert_eq!(dead_numbers(&[0.5; 12], 3), 3);
    }
}
