//! Reading and writing.

use crate::cases::all;
use sparring_activations::{ActivationError, AnyActivation, Elu, LeakyRelu, Prelu, Softplus};
use std::collections::HashSet;

#[test]
fn names_and_parameters_round_trip() {
    let mut names = HashSet::new();
    for a in AnyActivation::ALL {
        assert!(names.insert(a.name()), "{a} is listed twice");
        assert_eq!(a.to_string(), a.name());
        assert_eq!(a.about().name, a.name());
    }
    let odd = AnyActivation::from(LeakyRelu { slope: 0.1 + 0.2 });
    assert_eq!(odd.to_string(), "leaky_relu(slope=0.30000000000000004)");
    for a in all().into_iter().chain([odd]) {
        assert_eq!(a.to_string().parse(), Ok(a));
        assert_eq!(a.validate(), Ok(()));
    }
    let leaky = Ok(AnyActivation::from(LeakyRelu { slope: 0.2 }));
    for text in [
        "leaky_relu(0.2)",
        " Leaky-ReLU ( slope = 0.2 ) ".replace("ReLU", "relu").as_str(),
        "leaky_relu(slope=2e-1)",
    ] {
        assert_eq!(text.parse(), leaky, "{text}");
    }
    assert_eq!("gelu()".parse::<AnyActivation>().unwrap().name(), "gelu");
    assert_eq!("elu(2)".parse::<AnyActivation>().unwrap().parameters(), [("alpha", 2.0)]);
}

#[test]
fn errors_name_the_thing_and_the_way_out() {
    let error = |text: &str| text.parse::<AnyActivation>().unwrap_err().to_string();
    let unknown = error("rellu");
    assert!(
        unknown.contains("`rellu` (did you mean `relu`?)")
            && AnyActivation::ALL.iter().all(|a| unknown.contains(a.name())),
        "{unknown}"
    );
    for (text, part) in [
        ("leaky_relu(0.2", "parenthesis"),
        ("leaky_relu(x)", "leaky_relu.slope is x, but must be a finite number"),
        ("leaky_relu(1, 2)", "leaky_relu has no parameter `2`"),
        ("leaky_relu(slop=1)", "has no parameter `slop` (did you mean `slope`?); it has: slope"),
        ("relu(1)", "relu has no parameter `1`; it has none"),
        ("leaky_relu(nan)", "slope is nan, but must be a finite number"),
        ("elu(-1)", "alpha is -1, but must be a finite number, at least 0"),
        ("celu(0)", "alpha is 0, but must be a number from 1.2e-38 to 8.5e37, in f32 too"),
        ("selu(1)", "selu has no parameter"),
        ("softplus(0)", "beta is 0, but must be"),
        ("", "no activation is called ``"),
        ("(", "parenthesis"),
        ("relu)", "parenthesis"),
    ] {
        assert!(error(text).contains(part), "{text}: {}", error(text));
    }
    assert!(matches!(
        Elu { alpha: f64::INFINITY }.validate(),
        Err(ActivationError::Value { parameter: "alpha", .. })
    ));
    assert!(AnyActivation::from(Softplus { beta: -1.0 }).validate().is_err());
    assert!(AnyActivation::from(Prelu { slope: f64::NAN }).validate().is_err());
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_the_string_and_reads_it() {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};
    for a in all() {
        let text = a.to_string();
        let source: StrDeserializer<'_, Error> = text.as_str().into_deserializer();
        assert_eq!(<AnyActivation as serde::Deserialize>::deserialize(source), Ok(a));
        let json = serde_json::to_string(&a).unwrap();
        assert_eq!(serde_json::from_str::<AnyActivation>(&json).unwrap(), a);
    }
    let json = |text: &str| serde_json::to_string(&text.parse::<AnyActivation>().unwrap()).unwrap();
    assert_eq!(json("leaky_relu(slope=0.2)"), r#""leaky_relu(0.2)""#, "as files always had it");
    assert_eq!((json("elu(alpha=1)"), json("tanh")), (r#""elu""#.into(), r#""tanh""#.into()));
    let wrong: Result<AnyActivation, serde_json::Error> = serde_json::from_str("\"rellu\"");
    assert!(wrong.unwrap_err().to_string().contains("no activation is called"));
}
