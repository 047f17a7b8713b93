//! Initializers as text.

use super::Init;
use sparring_math::grammar::{Call, same};
use std::f64::consts::SQRT_2;
use std::fmt;
use std::str::FromStr;

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torch => f.write_str("torch"),
            Self::He { gain } => write!(f, "he(gain={gain})"),
            Self::Glorot { gain } => write!(f, "glorot(gain={gain})"),
            Self::Orthogonal { gain } => write!(f, "orthogonal(gain={gain})"),
            Self::Gaussian { sigma_w, sigma_b } => {
                write!(f, "gaussian(sigma_w={sigma_w}, sigma_b={sigma_b})")
            }
        }
    }
}

/// The values of these parameters in a call, `None` for those that are not given.
fn numbers<const N: usize>(call: &Call<'_>, names: [&str; N]) -> Result<[Option<f64>; N], String> {
    let mut found = [None; N];
    for (i, &(key, text)) in call.arguments.iter().enumerate() {
        let place = key.map_or((i < N).then_some(i), |key| names.iter().position(|name| same(name, key)));
        let Some(place) = place.filter(|&p| found[p].is_none()) else {
            let known = if N == 0 { "nothing".into() } else { names.join(" and ") };
            return Err(format!("`{}` may have {known}, each once, in brackets", call.name));
        };
        let number = text.parse().map_err(|_| format!("the {} `{text}` is no number", names[place]))?;
        found[place] = Some(number);
    }
    Ok(found)
}

/// `torch`, `he(gain=1.5)`, `gaussian(sigma_w=1.4, sigma_b=0.1)`; without a gain, that of ReLU, √2, for He's and 1 for the others; σ_w is 1 and σ_b 0.
impl FromStr for Init {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let call = &Call::parse(text)?;
        let gain = |usual: f64| numbers(call, ["gain"]).map(|[gain]| gain.unwrap_or(usual));
        if call.names("torch") {
            return numbers(call, []).map(|[]| Self::Torch);
        }
        if call.names("he") {
            return Ok(Self::He { gain: gain(SQRT_2)? });
        }
        if call.names("glorot") {
            return Ok(Self::Glorot { gain: gain(1.0)? });
        }
        if call.names("orthogonal") {
            return Ok(Self::Orthogonal { gain: gain(1.0)? });
        }
        if call.names("gaussian") {
            let [sigma_w, sigma_b] = numbers(call, ["sigma_w", "sigma_b"])?;
            return Ok(Self::Gaussian { sigma_w: sigma_w.unwrap_or(1.0), sigma_b: sigma_b.unwrap_or(0.0) });
        }
        Err(format!("must be {}", Self::RANGE))
    }
}

sparring_math::value_by_text!(Init);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_initializers() {
        for (text, init) in [
            ("torch", Init::Torch),
            ("he", Init::He { gain: SQRT_2 }),
            ("Glorot", Init::Glorot { gain: 1.0 }),
            ("orthogonal(gain=0.5)", Init::Orthogonal { gain: 0.5 }),
            ("gaussian(1.5, sigma_b=0.2)", Init::Gaussian { sigma_w: 1.5, sigma_b: 0.2 }),
            ("gaussian", Init::Gaussian { sigma_w: 1.0, sigma_b: 0.0 }),
        ] {
            assert_eq!(text.parse(), Ok(init));
            assert_eq!(init.to_string().parse(), Ok(init));
        }
        for text in [
            "torch(1)",
            "he(x)",
            "he(gain=1, 2)",
            "he(std=1)",
            "xavier",
            "he(",
            "gaussian(1, 2, 3)",
            "gaussian(sigma_w=1, 2, sigma_w=3)",
        ] {
            assert!(text.parse::<Init>().is_err(), "{text}");
        }
        assert!(Init::Gaussian { sigma_w: 1.0, sigma_b: -1.0 }.check("linear").is_err());
        assert!(Init::He { gain: f64::NAN }.check("linear").is_err() && Init::Torch.check("linear").is_ok());
    }
}
