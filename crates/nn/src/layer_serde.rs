//! Layers in files: a map of the tag, `"layer": "linear"`, and the fields.

use crate::{AnyLayer, Layer, layers};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use std::fmt;

/// Key of the tag in files.
const TAG: &str = "layer";

/// A map in the order in which it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub Vec<(String, Value)>);

impl Fields {
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

/// Makes a layer from its fields.
pub(crate) type Reader = fn(Value) -> serde_json::Result<AnyLayer>;

/// Reads a layer of this type.
pub(crate) fn reader<L: Layer>(fields: Value) -> serde_json::Result<AnyLayer> {
    serde_json::from_value::<L>(fields).map(AnyLayer::from)
}

/// The names of the fields of a layer, as its `Deserialize` asks for them.
pub(crate) fn fields_of<L: Layer>() -> &'static [&'static str] {
    struct Asked<'a>(&'a mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Asked<'_> {
        type Error = de::value::Error;
        fn deserialize_any<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("asked for its fields only"))
        }
        fn deserialize_struct<V: de::Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut fields: &'static [&'static str] = &[];
    // It fails by design, once the fields were named.
    let _ = L::deserialize(Asked(&mut fields));
    fields
}

impl Fields {
    /// Those of a layer.
    pub fn of(layer: &impl Serialize) -> serde_json::Result<Self> {
        // By way of text: a value would forget the order of the fields, which files keep.
        serde_json::from_str(&serde_json::to_string(layer)?)
    }
}

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
        let read = layers::reader_of(&tag).ok_or_else(|| {
            let known = layers::tags().join("`, `");
            de::Error::custom(format!("no layer is called `{tag}`; there are `{known}`"))
        })?;
        read(Value::Object(map)).map_err(|e| de::Error::custom(format!("layer `{tag}`: {e}")))
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
