//! serde: an activation is a string, `"leaky_relu(0.2)"`. Files hold the values in the order of the parameters, without their names, as they
//! always have; every text of the grammar is read.

use crate::{AnyActivation, AnyRowActivation};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

impl Serialize for AnyActivation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.to_string() == self.name() {
            return serializer.serialize_str(self.name());
        }
        let values: Vec<String> = self.parameters().iter().map(|(_, value)| value.to_string()).collect();
        serializer.collect_str(&format_args!("{}({})", self.name(), values.join(", ")))
    }
}

impl<'de> Deserialize<'de> for AnyActivation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for AnyRowActivation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnyRowActivation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
