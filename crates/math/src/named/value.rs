//! The value of a parameter as text.

use super::error::plain;

/// What a parameter may hold: read from text and written back, so that what is read from [`text`](Value::text) is the same value.
pub trait Value {
    /// Replaces the value.
    ///
    /// # Errors
    /// If the text is no such value: an empty reason, where the range of the parameter says what it must be, or the reason.
    fn read(&mut self, text: &str) -> Result<(), String>;
    /// What [`read`](Value::read) makes the present value of.
    fn text(&self) -> String;
    /// The value as a number, where it is one.
    fn number(&self) -> Option<f64> {
        None
    }
    /// The numbers in it, each of which must be in the parameter's [`Range`](super::Range).
    fn numbers(&self) -> Vec<f64> {
        self.number().into_iter().collect()
    }
}

/// A number or a fraction of two: `0.031`, `8/255`.
fn number(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match text.split_once('/') {
        None => number(text),
        Some((above, below)) => Some(number(above)? / number(below)?),
    }
}

/// `0.1` or a fraction such as `8/255`.
impl Value for f64 {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = number(text).ok_or("")?;
        Ok(())
    }
    fn text(&self) -> String {
        plain(*self)
    }
    fn number(&self) -> Option<f64> {
        Some(*self)
    }
}

/// `0.1` or a fraction such as `8/255`, divided in `f64` and then rounded.
impl Value for f32 {
    fn read(&mut self, text: &str) -> Result<(), String> {
        // A decimal is rounded once.
        *self = match text.trim().parse() {
            Ok(v) => v,
            Err(_) => number(text).ok_or("")? as f32,
        };
        Ok(())
    }
    fn text(&self) -> String {
        let text = self.to_string();
        if text.len() > 12 { format!("{self:e}") } else { text }
    }
    fn number(&self) -> Option<f64> {
        Some(f64::from(*self))
    }
}

/// A whole number.
impl Value for usize {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.trim().parse().map_err(|_| String::new())?;
        Ok(())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn number(&self) -> Option<f64> {
        Some(*self as f64)
    }
}

/// `true` or `false`.
impl Value for bool {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.trim().parse().map_err(|_| String::new())?;
        Ok(())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

/// `none`, or what the value itself reads.
impl<V: Value + Default> Value for Option<V> {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = if crate::grammar::same(text.trim(), "none") {
            None
        } else {
            let mut value = V::default();
            value.read(text)?;
            Some(value)
        };
        Ok(())
    }
    fn text(&self) -> String {
        self.as_ref().map_or("none".into(), Value::text)
    }
    fn number(&self) -> Option<f64> {
        self.as_ref().and_then(Value::number)
    }
}

/// The items of a list as files write it, `[3, 5]`, or with another sign between them.
fn items(text: &str, between: char) -> impl Iterator<Item = &str> {
    let list = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    list.unwrap_or(text).split(if list.is_some() { ',' } else { between }).map(str::trim)
}

/// Numbers with `|` between, as in `0.49|0.48`, or `[0.49, 0.48]`.
impl Value for Vec<f64> {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = items(text, '|').map(number).collect::<Option<_>>().ok_or("")?;
        Ok(())
    }
    fn text(&self) -> String {
        self.iter().map(|&v| plain(v)).collect::<Vec<_>>().join("|")
    }
}

/// Widths, as in `128-64` or `[128, 64]`: whole numbers of at least 1; nothing for none.
impl Value for Vec<usize> {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let width = |w: &str| w.parse().ok().filter(|&w: &usize| w > 0);
        let none = text.trim().is_empty();
        let widths = if none { Some(Vec::new()) } else { items(text, '-').map(width).collect() };
        *self = widths.ok_or("")?;
        Ok(())
    }
    fn text(&self) -> String {
        self.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    }
}

/// Height and width, as in `4x3` or `[4, 3]`; one number for two equal ones.
impl Value for [usize; 2] {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let extents: Option<Vec<usize>> = items(text, 'x').map(|extent| extent.parse().ok()).collect();
        *self = match extents.as_deref() {
            Some(&[both]) if !text.contains('[') => [both; 2],
            Some(&[height, width]) => [height, width],
            _ => return Err(String::new()),
        };
        Ok(())
    }
    fn text(&self) -> String {
        let [height, width] = self;
        if height == width { height.to_string() } else { format!("{height}x{width}") }
    }
    fn numbers(&self) -> Vec<f64> {
        self.iter().map(|&v| v as f64).collect()
    }
}

/// [`Value`] for a type that has `FromStr` and `Display`; what `FromStr` says is the reason.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// struct Seed(u64);
/// impl std::str::FromStr for Seed {
///     type Err = std::num::ParseIntError;
///     fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
/// }
/// impl std::fmt::Display for Seed {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
/// }
/// sparring_math::value_by_text!(Seed);
/// use sparring_math::named::Value;
/// let mut seed = Seed(1);
/// assert!(seed.read("7").is_ok() && seed.read("x").is_err());
/// assert_eq!(seed.text(), "7");
/// ```
#[macro_export]
macro_rules! value_by_text {
    ($($Type:ty),+ $(,)?) => {$(
        impl $crate::named::Value for $Type {
            fn read(&mut self, text: &str) -> Result<(), String> {
                *self = text.trim().parse().map_err(|e| format!("{e}"))?;
                Ok(())
            }
            fn text(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

/// [`Value`] and the words of an enum of unit variants: `value_of_words!(Start { Clean = "clean", Random = "random" })` makes
/// `Start::WORDS`, for [`Range::Words`](crate::named::Range::Words), `Display`, and `Value`; words are matched by the rule of names.
#[macro_export]
macro_rules! value_of_words {
    ($Type:ident { $($Variant:ident = $word:literal $(| $other:literal)*),+ $(,)? }) => {
        impl $Type {
            /// The words of the values, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
        }
        impl std::fmt::Display for $Type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(match self { $(Self::$Variant => $word),+ })
            }
        }
        impl $crate::named::Value for $Type {
            fn read(&mut self, text: &str) -> Result<(), String> {
                $(
                    if $crate::grammar::same(text, $word) $(|| $crate::grammar::same(text, $other))* {
                        *self = Self::$Variant;
                        return Ok(());
                    }
                )+
                Err(String::new())
            }
            fn text(&self) -> String {
                self.to_string()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_fractions_round_trip() {
        for (text, want) in [("0.1", 0.1), ("8/255", 8.0 / 255.0), (" 1 / 3 ", 1.0 / 3.0), ("-2e-3", -2e-3)] {
            let (mut double, mut single, mut again) = (0.0_f64, 0.0_f32, 0.0_f32);
            assert_eq!((double.read(text), double), (Ok(()), want), "{text}");
            assert_eq!((single.read(text), single), (Ok(()), want as f32), "{text}");
            let (mut twice, written) = (0.0_f64, double.text());
            assert_eq!((twice.read(&written), twice), (Ok(()), want), "{written}");
            assert_eq!((again.read(&single.text()), again), (Ok(()), single));
        }
        for text in ["", "x", "8/", "/255", "8/255/2", "1,2"] {
            assert!(0.0_f64.read(text).is_err() && 0.0_f32.read(text).is_err(), "{text:?}");
        }
        for v in [1e-20, 5e-324, 1e300, 0.1 + 0.2, 123_456_789.0, 1e-8] {
            let (mut again, text) = (0.0_f64, v.text());
            assert_eq!((again.read(&text), again), (Ok(()), v), "{text}");
            assert!(text.len() < 23, "{text}");
        }
        for v in [1e-30_f32, f32::MAX, f32::MIN_POSITIVE, 2.0 / 255.0] {
            let (mut again, text) = (0.0_f32, v.text());
            assert_eq!((again.read(&text), again), (Ok(()), v), "{text}");
        }
        let mut widths = vec![7];
        assert!(["128-0", "x", "-", "1--2"].iter().all(|text| widths.read(text).is_err()));
        assert_eq!((widths.read("128-64"), widths.text()), (Ok(()), "128-64".to_string()));
        assert_eq!((widths.read(""), widths.len()), (Ok(()), 0));
        let mut extents = [0; 2];
        assert_eq!((widths.read("[8, 3]"), widths.text()), (Ok(()), "8-3".to_string()));
        let mut numbers = vec![1.0];
        assert_eq!((numbers.read("[0.5, -1e-9]"), numbers.text()), (Ok(()), "0.5|-1e-9".to_string()));
        assert_eq!((numbers.read("0.25|8/4"), numbers.text()), (Ok(()), "0.25|2".to_string()));
        assert!(["", "[]", "1|", "[1|2]", "[1"].iter().all(|text| numbers.read(text).is_err()));
        for (text, want) in [("4", [4, 4]), ("4x3", [4, 3]), (" 0 x 7 ", [0, 7]), ("[4, 3]", [4, 3])] {
            assert_eq!((extents.read(text), extents), (Ok(()), want));
            let written = extents.text();
            assert_eq!((extents.read(&written), extents), (Ok(()), want));
        }
        assert!(
            ["", "x", "4x", "4x3x2", "-1", "[4]", "[4x3]", "[4, 3"]
                .iter()
                .all(|text| extents.read(text).is_err())
        );
        let mut perhaps = None::<usize>;
        for (text, want) in [("7", Some(7)), ("None", None), ("0", Some(0)), ("none", None)] {
            assert_eq!((perhaps.read(text), perhaps), (Ok(()), want));
            let written = perhaps.text();
            assert_eq!((perhaps.read(&written), perhaps), (Ok(()), want));
        }
        assert!(
            perhaps.read("x").is_err() && Some(3_usize).numbers() == [3.0] && perhaps.numbers().is_empty()
        );
        assert!(0_usize.read("1.5").is_err() && 0_usize.read("-1").is_err() && false.read("1").is_err());
    }
}
