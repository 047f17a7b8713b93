//! JSON as people write it.

use serde::Serialize;
use serde_json::Value;

/// `value` with every `f32` as the decimal it was written as: 0.3, where `serde_json::to_value` widens it to 0.30000001192092896.
/// What JSON has no word for is null.
pub(crate) fn value(value: &impl Serialize) -> Value {
    // Written as text an f32 is its shortest decimal, and `float_roundtrip` reads every f64 back as it was.
    serde_json::to_string(value).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

/// One object: as `serde_json::json!`, through [`value`].
macro_rules! json {
    ({ $($key:literal : $value:expr),* $(,)? }) => {{
        let mut object = serde_json::Map::new();
        $(object.insert($key.to_string(), $crate::cli::io::json::value(&$value));)*
        serde_json::Value::Object(object)
    }};
}
pub(crate) use json;

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_as_they_were_written() {
        let third = 1.0 / 3.0;
        let got = super::json!({ "eps": 0.3f32, "all": [0.1f32, 8.0 / 255.0], "accuracy": third, "none": f64::NAN, "n": u64::MAX });
        let want = format!(
            r#"{{"accuracy":{third},"all":[0.1,0.03137255],"eps":0.3,"n":18446744073709551615,"none":null}}"#
        );
        assert_eq!(got.to_string(), want);
        assert_eq!(got["accuracy"].as_f64(), Some(third));
    }
}
