//! Layers in files: a map of the tag, `"layer": "linear"`, and the fields.

use crate::fields::Fields;
use crate::{AnyLayer, layers};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

/// Key of the tag in files.
const TAG: &str = "layer";

impl AnyLayer {
    /// Tag and fields as one map.
    pub(crate) fn to_fields(&self) -> serde_json::Result<Fields> {
        let mut fields = self.fields()?;
        fields.0.insert(0, (TAG.into(), self.tag().into()));
        Ok(fields)
    }
    /// The inverse of [`to_fields`](Self::to_fields).
    pub(crate) fn from_map(mut map: Map<String, Value>) -> serde_json::Result<Self> {
        let tag = match map.remove(TAG) {
            Some(Value::String(tag)) => tag,
            _ => return Err(de::Error::missing_field(TAG)),
        };
        let info = layers::table().into_iter().find(|info| info.entry.name == tag).ok_or_else(|| {
            let known = layers::tags().join("`, `");
            de::Error::custom(format!("no layer is called `{tag}`; there are `{known}`"))
        })?;
        (info.read)(Value::Object(map)).map_err(|e| de::Error::custom(format!("layer `{tag}`: {e}")))
    }
}

impl Serialize for AnyLayer {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.to_fields().map_err(serde::ser::Error::custom)?.serialize(s)
    }
}

impl<'de> Deserialize<'de> for AnyLayer {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::from_map(Map::deserialize(d)?).map_err(de::Error::custom)
    }
}
