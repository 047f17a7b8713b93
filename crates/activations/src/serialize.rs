//! serde: an activation is the string that `Display` writes and `FromStr` reads, `"leaky_relu(0.2)"`.

use crate::AnyActivation;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

impl Serialize for AnyActivation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnyActivation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
