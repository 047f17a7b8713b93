//! Lists on the command line: `a, b(c, d), e`.

use sparring::math::grammar::pieces;
use std::fmt::Display;
use std::str::FromStr;

/// Things separated by the commas outside of parentheses. Blanks around them and a comma at the end do not count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: FromStr<Err: Display>> FromStr for List<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words: Vec<&str> = pieces(text).into_iter().map(str::trim).collect();
        if words.len() > 1 && words.last() == Some(&"") {
            words.pop();
        }
        if words.contains(&"") {
            return Err("holds an empty place; separate what you name by single commas".into());
        }
        words
            .into_iter()
            .map(|word| word.parse().map_err(|e: T::Err| e.to_string()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The first thing that is there twice.
pub(crate) fn twice<T: PartialEq>(things: &[T]) -> Option<&T> {
    things.iter().enumerate().find(|(i, thing)| things[..*i].contains(thing)).map(|(_, thing)| thing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_a_last_comma_do_not_count() {
        for text in ["1,2,3", " 1, 2 ,3 ", "1,2,3,", "1,2,3, "] {
            assert_eq!(text.parse::<List<u8>>(), Ok(List(vec![1, 2, 3])), "{text:?}");
        }
        for text in ["", ",", "1,,2", ",1", "1,x", "1,2,,"] {
            assert!(text.parse::<List<u8>>().is_err(), "{text:?}");
        }
        assert_eq!((twice(&[1, 2, 1]), twice(&[1, 2, 3])), (Some(&1), None));
    }
}
