//! Reading and writing.

mod cases;

use cases::all;
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
    assert_eq!(odd.to_string(), "leaky_relu(0.30000000000000004)");
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
        unknown.contains("\"rellu\"") && AnyActivation::ALL.iter().all(|a| unknown.contains(a.name())),
        "{unknown}"
    );
    for (text, part) in [
        ("leaky_relu(0.2", "parenthesis"),
        ("leaky_relu(x)", "\"x\" is not a number"),
        ("leaky_relu(1, 2)", "argument \"2\" has no place"),
        ("leaky_relu(alpha=1)", "leaky_relu has the parameters: slope"),
        ("relu(1)", "relu has no parameters"),
        ("leaky_relu(nan)", "slope is NaN, must be a finite number"),
        ("elu(-1)", "alpha is -1"),
        ("celu(0)", "alpha is 0, must be a finite number above 0"),
        ("selu(1)", "selu has no parameters"),
        ("softplus(0)", "beta is 0, must be a finite number above 0"),
        ("", "unknown activation \"\""),
        ("(", "parenthesis"),
        ("relu)", "unknown"),
    ] {
        assert!(error(text).contains(part), "{text}: {}", error(text));
    }
    assert!(matches!(
        Elu { alpha: f64::INFINITY }.validate(),
        Err(ActivationError::Parameter { parameter: "alpha", .. })
    ));
    assert!(AnyActivation::from(Softplus { beta: -1.0 }).validate().is_err());
    assert!(Prelu { slope: f32::NAN }.validate().is_err());
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
        assert_eq!(serde_json::to_string(&a).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<AnyActivation>(&format!("\"{text}\"")).unwrap(), a);
    }
    let wrong: Result<AnyActivation, serde_json::Error> = serde_json::from_str("\"rellu\"");
    assert!(wrong.unwrap_err().to_string().contains("unknown activation"));
}
