//! Reading a thing from a file either way: as the text of the grammar, or as fields.

/// serde of a [`Family`](crate::named::Family): written as its derived form, read from that or from the text of the grammar, so that
/// `"sgd(momentum=0.9)"` and `{"sgd":{"momentum":0.9}}` are the same rule. Formats that are not for people have the derived form alone.
///
/// The enum derives `Serialize` and `Deserialize` with `#[serde(remote = "Self")]`, and the calling crate depends on `serde`:
///
/// ```ignore
/// #[derive(serde::Serialize, serde::Deserialize)]
/// #[serde(remote = "Self", rename_all = "lowercase")]
/// enum AnyRule { Sgd(Sgd), Adam(Adam) }
/// sparring_math::family! { AnyRule: "rule"; Sgd, Adam }
/// sparring_math::text_or_fields!(AnyRule);
/// ```
#[macro_export]
macro_rules! text_or_fields {
    ($Any:ident) => {
        impl serde::Serialize for $Any {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // The inherent function that `remote` derives.
                $Any::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Any {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextOrFields;
                impl<'de> serde::de::Visitor<'de> for TextOrFields {
                    type Value = $Any;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        let kind = <$Any as $crate::named::Family>::TABLE.kind;
                        write!(f, "a {kind}: its fields, or text such as `name` or `name(key=value, ..)`")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$Any, E> {
                        text.parse().map_err(E::custom)
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$Any, A::Error> {
                        $Any::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }
                if deserializer.is_human_readable() {
                    deserializer.deserialize_any(TextOrFields)
                } else {
                    $Any::deserialize(deserializer)
                }
            }
        }
    };
}
