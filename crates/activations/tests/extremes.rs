//! Parameters at the ends of f64 and f32: what is accepted works in f32.

use sparring_activations::{Activation, AnyActivation};

#[test]
fn parameters_out_of_the_range_of_f32_are_refused() {
    for text in [
        "celu(1e-46)",
        "celu(1e39)",
        "elu(1e39)",
        "softplus(1e39)",
        "softplus(1e-39)",
        "leaky_relu(1e39)",
        "leaky_relu(-1e39)",
        "prelu(1e39)",
    ] {
        let e = text.parse::<AnyActivation>().unwrap_err().to_string();
        assert!(e.contains("f32"), "{text}: {e}");
    }
    let sizes = [
        0.0,
        1e-320,
        1e-300,
        1e-46,
        1e-45,
        1e-39,
        1e-38,
        1.2e-38,
        1e-30,
        0.5,
        1e30,
        8e37,
        9e37,
        3.4e38,
        3.5e38,
        1e39,
        1e300,
        f64::INFINITY,
        f64::NAN,
    ];
    let (mut accepted, mut refused) = (0, 0);
    for a in AnyActivation::ALL {
        for at in 0..a.parameters().len() {
            for value in sizes.iter().flat_map(|&s| [s, -s]) {
                // The others keep their values.
                let others = a.parameters();
                let arguments: Vec<String> = others
                    .iter()
                    .enumerate()
                    .map(|(i, (name, default))| format!("{name}={}", if i == at { value } else { *default }))
                    .collect();
                let text = format!("{}({})", a.name(), arguments.join(", "));
                let Ok(activation) = text.parse::<AnyActivation>() else {
                    refused += 1;
                    continue;
                };
                accepted += 1;
                assert!(value.is_finite(), "{text}");
                for x in [0.0f32, -0.0, 1.0, -1.0, 1e-3, -1e-3] {
                    let (f, df) = (activation.f(x), activation.df(x));
                    assert!(f.is_finite() && df.is_finite(), "{text} at {x}: {f} {df}");
                    let (mut y, mut dx) = ([f32::NAN; 37], [f32::NAN; 37]);
                    activation.forward(&[x; 37], &mut y);
                    activation.backward(&[x; 37], &[1.0; 37], &mut dx);
                    assert!(y.iter().chain(&dx).all(|v| v.is_finite()), "{text} at {x}: {y:?} {dx:?}");
                }
            }
        }
    }
    assert!(accepted > 40 && refused > 60, "{accepted} accepted, {refused} refused");
}

#[test]
fn usual_names_are_understood() {
    for (alias, name) in [
        ("PSiLU", "swish"),
        ("ACON", "acon_c"),
        ("siren", "sin"),
        ("SiLU", "silu"),
        ("LeakyReLU(0.2)", "leaky_relu"),
        ("lrelu(slope=0.2,)", "leaky_relu"),
        ("logistic", "sigmoid"),
        ("linear", "identity"),
        ("PReLU", "prelu"),
    ] {
        assert_eq!(alias.parse::<AnyActivation>().map(|a| a.name()), Ok(name), "{alias}");
    }
    // No alias means two things.
    for a in AnyActivation::ALL {
        for alias in a.aliases() {
            assert!(AnyActivation::ALL.iter().all(|b| b.name() != *alias), "{alias}");
            assert_eq!(alias.parse(), Ok(*a));
        }
    }
}
