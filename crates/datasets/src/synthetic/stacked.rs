//! Three images of digits as the channels of one, of which there are a thousand kinds.

use super::contract::{Find, Synthetic};
use crate::{DataError, Dataset, Pixels, Provenance, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;

/// What the images of [`StackedMnist`] are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Digits {
    /// The built-in digits.
    #[default]
    Mnist10k,
    /// The whole of MNIST, in files.
    Mnist,
    /// Clothes, in files.
    FashionMnist,
    /// Japanese letters, in files.
    Kmnist,
}

sparring_math::value_of_words!(Digits {
    Mnist10k = "mnist-10k",
    Mnist = "mnist",
    FashionMnist = "fashion-mnist",
    Kmnist = "kmnist",
});

/// Images of three channels, each a digit drawn from another set: `n` training images of its training digits, half as many test images of its test digits. The class of the digits a, b, c is
/// 100 a + 10 b + c, so there are 1,000 modes, which a classifier of single digits can count.
///
/// Source: Metz et al. 2017, Unrolled GANs, arXiv:1611.02163, section 3.3.1; in PacGAN (Lin et al. 2018, arXiv:1712.04086) 128,000 images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StackedMnist {
    /// Training images; half as many test images.
    pub n: usize,
    /// The set of which the channels are.
    pub of: Digits,
}

impl Default for StackedMnist {
    fn default() -> Self {
        Self { n: 25_600, of: Digits::Mnist10k }
    }
}

sparring_math::named! {
    StackedMnist: "stacked-mnist", [], "Metz et al. 2017, arXiv:1611.02163";
    n: Range::Whole { low: 2, high: 500_000 }, "training images, 2,352 bytes each; half as many test images";
    of: Range::Words(Digits::WORDS), "the set whose images are the channels";
}

/// `n` images whose three channels are images of `digits`, each drawn by itself, whatever its class; the label is 100 a + 10 b + c. Image i is a function of (key, i).
///
/// # Shapes
/// `digits` [1, h, w]; images [3, h, w].
/// # Errors
/// [`DataError::Shape`] if `digits` has more than one channel, no example, a class above 9, or no bytes for pixels.
pub fn stacked(digits: &Split, n: usize, key: Key) -> Result<Split, DataError> {
    let refuse = |why: String| Err(DataError::Shape(format!("stacked images: {why}")));
    let ([channels, h, w], Pixels::U8(bytes)) = (digits.shape(), digits.pixels()) else {
        return refuse("the images to stack are numbers, not bytes".into());
    };
    if channels != 1 || digits.is_empty() {
        return refuse(format!(
            "{} images of {channels} channels, where some of one are needed",
            digits.len()
        ));
    }
    if let Some(class) = digits.labels().into_iter().find(|&class| class > 9) {
        return refuse(format!("a class is {class}, 0 to 9 are possible"));
    }
    let mut pixels = Vec::with_capacity(n * 3 * h * w);
    let mut labels = Vec::with_capacity(n);
    for i in 0..n {
        let mut draw = key.rng(i as u64);
        let mut label = 0;
        for _ in 0..3 {
            let digit = draw.below(digits.len() as u32) as usize;
            label = 10 * label + digits.label(digit) as u16;
            pixels.extend_from_slice(&bytes[digits.place(digit)]);
        }
        labels.push(label);
    }
    Split::of_many_classes(Pixels::U8(pixels.into()), [3, h, w], labels)
}

impl Synthetic for StackedMnist {
    fn dataset(&self, key: Key, find: Find<'_>) -> Result<Dataset, DataError> {
        let of = find(&self.of.to_string())?;
        let train = stacked(&of.train, self.n, key.named("train"))?;
        let test = stacked(&of.test, self.n / 2, key.named("test"))?;
        Dataset::new(self.write(), train, test, 1000, Provenance::Generated)
    }
}

#[cfg(all(test, feature = "embedded"))]
mod tests {
    use super::*;
    use crate::Mnist;

    #[test]
    fn each_channel_is_a_digit_of_its_class() {
        let digits = Mnist::embedded().test.first(300);
        let split = stacked(&digits, 200, Key::new(4)).unwrap();
        assert_eq!((split.shape(), split.len()), ([3, 28, 28], 200));
        let rows: Vec<Vec<f32>> = (0..digits.len()).map(|i| digits.row(i)).collect();
        for i in 0..split.len() {
            let (row, label) = (split.row(i), split.label(i));
            for (channel, class) in [label / 100, label / 10 % 10, label % 10].into_iter().enumerate() {
                let image = &row[channel * 784..(channel + 1) * 784];
                let of = rows.iter().position(|digit| digit == image).expect("an image of the set");
                assert_eq!(digits.label(of), class, "image {i}, channel {channel}");
            }
        }
        // Image i is its own, whatever their number.
        let longer = stacked(&digits, 300, Key::new(4)).unwrap();
        assert!((0..200).all(|i| longer.row(i) == split.row(i) && longer.label(i) == split.label(i)));
        assert_ne!(stacked(&digits, 200, Key::new(5)).unwrap().labels(), split.labels());
    }

    #[test]
    fn classes_come_as_often_as_their_digits() {
        let digits = Mnist::embedded().train;
        let split = stacked(&digits, 20_000, Key::new(1)).unwrap();
        let share = |class: usize| {
            digits.labels().iter().filter(|&&c| c == class).count() as f64 / digits.len() as f64
        };
        for (channel, place) in [100, 10, 1].into_iter().enumerate() {
            for class in 0..10 {
                let got = split.labels().iter().filter(|&&l| l / place % 10 == class).count() as f64 / 2e4;
                // Five standard errors of 20,000 draws.
                let error = 5.0 * (share(class) * (1.0 - share(class)) / 2e4).sqrt();
                assert!((got - share(class)).abs() < error, "channel {channel}, class {class}: {got}");
            }
        }
        // No two channels go together: classes of pairs come as often as the product says.
        let both = split.labels().iter().filter(|&&l| l / 100 == 3 && l % 10 == 3).count() as f64 / 2e4;
        assert!((both - share(3) * share(3)).abs() < 5.0 * (0.01f64 / 2e4).sqrt(), "{both}");
    }

    #[test]
    fn what_cannot_be_stacked_is_refused() {
        let told = |split: &Split| stacked(split, 10, Key::new(1)).unwrap_err().to_string();
        let three = stacked(&Mnist::embedded().test, 4, Key::new(1)).unwrap();
        assert!(told(&three).contains("3 channels"));
        assert!(told(&Mnist::embedded().test.first(0)).contains("0 images"));
        let eleven = Split::new(Pixels::U8(vec![0; 4].into()), [1, 2, 2], vec![10]).unwrap();
        assert!(told(&eleven).contains("a class is 10"));
        let numbers = Split::new(Pixels::F32(vec![0.0; 4].into()), [1, 2, 2], vec![1]).unwrap();
        assert!(told(&numbers).contains("not bytes"));
    }
}
