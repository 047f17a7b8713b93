//! Things with names as a list of texts.

use serde::{Deserialize, Deserializer, Serializer, de};
use std::fmt::Display;
use std::str::FromStr;

pub fn serialize<T: Display, S: Serializer>(chain: &[T], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(chain.iter().map(ToString::to_string))
}
pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(d: D) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(d)?;
    texts.iter().map(|text| text.parse().map_err(de::Error::custom)).collect()
}
