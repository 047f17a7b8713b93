//! How pictures become a network's images.

use crate::cli::{Failure, Outcome};
use sparring::datasets::raster::{Fit, Fitted, Picture};
use std::path::Path;

/// Flags.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct FitArgs {
    /// How pictures are fitted to the network. Default: digit for a net of MNIST, QMNIST or EMNIST, and for bare weights that take 1 x 28 x 28; drawn for other nets of
    /// grey that name no folder of pictures; else plain.
    #[arg(long, value_enum)]
    fit: Option<How>,
    /// Changes nothing: pictures must have the network's size and channels.
    #[arg(long, conflicts_with = "fit")]
    as_is: bool,
}

/// What is done to a picture.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum How {
    /// Light on dark, cut to the ink, 20 of 28 pixels large, centred by mass: as MNIST was made.
    Digit,
    /// Light on dark, and resized.
    Drawn,
    /// Resized.
    Plain,
}

impl FitArgs {
    /// Whether one of them was given.
    pub(crate) fn is_given(&self) -> bool {
        self.as_is || self.fit.is_some()
    }
    /// What was asked for, or what a network's own images need; `data` is the set it was trained on.
    pub(crate) fn of(&self, input: [usize; 3], data: Option<&str>) -> Fit {
        match (self.as_is, self.fit) {
            (true, _) => Fit::AsIs,
            (_, Some(How::Digit)) => Fit::Digit,
            (_, Some(How::Drawn)) => Fit::Drawn,
            (_, Some(How::Plain)) => Fit::Plain,
            _ => usual(input, data),
        }
    }
}

fn usual([channels, h, w]: [usize; 3], data: Option<&str>) -> Fit {
    let Some(data) = data.filter(|_| channels == 1) else {
        return if (channels, h, w) == (1, 28, 28) { Fit::Digit } else { Fit::Plain };
    };
    // A name, or a folder that is called after the set in it.
    let name =
        data.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(data).to_ascii_lowercase();
    match name.as_str() {
        "fashion-mnist" | "fashion_mnist" | "kmnist" => Fit::Drawn,
        name if ["mnist", "qmnist", "emnist"].iter().any(|known| name.starts_with(known)) => Fit::Digit,
        _ => Fit::Plain,
    }
}

/// A picture as an image for a network.
pub(crate) fn fitted(path: &Path, input: [usize; 3], fit: Fit) -> Outcome<Fitted> {
    let picture = Picture::read(path)?;
    picture.fitted(input, fit).map_err(|e| Failure::at(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_follows_from_what_the_net_was_trained_on() {
        for (input, data, fit) in [
            ([1, 28, 28], None, Fit::Digit),
            ([1, 32, 32], None, Fit::Plain),
            ([1, 28, 28], Some("mnist-10k"), Fit::Digit),
            ([1, 28, 28], Some("/data/MNIST/"), Fit::Digit),
            ([1, 28, 28], Some("emnist-letters"), Fit::Digit),
            ([1, 28, 28], Some("fashion-mnist"), Fit::Drawn),
            ([1, 28, 28], Some("my/pictures"), Fit::Plain),
            ([3, 32, 32], Some("cifar-10"), Fit::Plain),
        ] {
            assert_eq!(usual(input, data), fit, "{data:?}");
        }
    }
}
