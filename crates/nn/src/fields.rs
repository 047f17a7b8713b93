//! A map that keeps the order of its keys, as files do.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::fmt;

/// A map in the order in which it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub Vec<(String, Value)>);

impl Fields {
    /// Those of a layer.
    pub fn of(layer: &impl Serialize) -> serde_json::Result<Self> {
        // By way of text: a value would forget the order of the fields, which files keep.
        serde_json::from_str(&serde_json::to_string(layer)?)
    }
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|f| f.0 == key)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some(field) = map.next_entry()? {
                    fields.0.push(field);
                }
                Ok(fields)
            }
        }
        d.deserialize_map(InOrder)
    }
}
