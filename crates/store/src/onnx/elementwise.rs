//! Operators on each number: arithmetic with constants, sums, gates, activations.

use super::builder::Builder;
use super::call::{Call, Value};
use super::constant::{Constant, Numbers};
use super::fold::arithmetic;
use super::live::Live;
use crate::StoreError;
use sparring_activations::{AnyActivation, Silu};
use sparring_nn::AnyLayer;
use sparring_nn::layers::{Clamp, activation, add, clamp, multiply};

type Read = Result<Value, StoreError>;

/// A layer on each number of a value, whatever its extents.
fn each(call: &Call<'_>, b: &mut Builder, x: Live, layer: AnyLayer) -> Result<Live, StoreError> {
    let x = b.plain(call.name(), x)?;
    let y = b.push((call.name(), ""), layer, &[x.source], Vec::new())?;
    Ok(y.seen_as(x.dims, &x.reshaped_by))
}

/// Two values of equal extents into one layer.
fn joined(call: &Call<'_>, b: &mut Builder, [x, y]: [Live; 2], layer: AnyLayer) -> Read {
    if x.dims != y.dims {
        return Err(call.wrong(format!("examples of {:?} and {:?}, which have to agree", x.dims, y.dims)));
    }
    let (mut x, mut y) = (b.plain(call.name(), x)?, b.plain(call.name(), y)?);
    if x.shape != y.shape {
        (x, y) = (b.shaped(call.name(), x)?, b.shaped(call.name(), y)?);
    }
    let z = b.push((call.name(), ""), layer, &[x.source, y.source], Vec::new())?;
    Ok(z.seen_as(x.dims, &x.reshaped_by).into())
}

/// Add, Sub, Mul, Div.
pub(super) fn binary(call: &Call<'_>, b: &mut Builder) -> Read {
    let op = call.node.op_type.as_str();
    let spread = |live: &Live, c: &Constant| live.spread(c).map_err(|what| call.wrong(what));
    let negated = |v: Vec<f64>| v.into_iter().map(|v| -v).collect::<Vec<_>>();
    match (call.input(0), call.input(1)) {
        (Some(Value::Constant(x)), Some(Value::Constant(y))) => {
            arithmetic(op, x, y).map(Value::from).ok_or_else(|| call.wrong("constants that cannot be joined"))
        }
        (Some(Value::Live(_)), Some(Value::Constant(c))) => {
            let x = call.live(0)?;
            let values = spread(&x, c)?;
            let bare = op == "Add" && call.once[0] && x.is_plain() && x.dims == x.shape;
            if bare && b.add_bias(x.source, &values) {
                return Ok(x.into());
            }
            let x = x.scaled_by(call.name());
            Ok(match op {
                "Add" => x.then_affine(&[1.0], &values),
                "Sub" => x.then_affine(&[1.0], &negated(values)),
                "Mul" => x.then_affine(&values, &[0.0]),
                _ if values.contains(&0.0) => return Err(call.wrong("a division by 0")),
                _ => x.then_affine(&values.iter().map(|v| 1.0 / v).collect::<Vec<_>>(), &[0.0]),
            }
            .into())
        }
        (Some(Value::Constant(c)), Some(Value::Live(_))) => {
            let x = call.live(1)?;
            let values = spread(&x, c)?;
            let bare = op == "Add" && call.once[1] && x.is_plain() && x.dims == x.shape;
            if bare && b.add_bias(x.source, &values) {
                return Ok(x.into());
            }
            let x = x.scaled_by(call.name());
            match op {
                "Add" => Ok(x.then_affine(&[1.0], &values).into()),
                "Sub" => Ok(x.then_affine(&[-1.0], &values).into()),
                "Mul" => Ok(x.then_affine(&values, &[0.0]).into()),
                _ => Err(call.wrong("a constant divided by what depends on the input")),
            }
        }
        _ => {
            let (x, y) = (call.live(0)?, call.live(1)?);
            match op {
                "Add" => joined(call, b, [x, y], add()),
                "Sub" => joined(call, b, [x, y.then_affine(&[-1.0], &[0.0])], add()),
                "Mul" => product(call, b, x, y),
                _ => Err(call.wrong("a quotient of two values that depend on the input")),
            }
        }
    }
}

/// x · y; x · sigmoid(x) is one activation.
fn product(call: &Call<'_>, b: &mut Builder, x: Live, y: Live) -> Read {
    for (gate, other, once) in [(&y, &x, call.once[1]), (&x, &y, call.once[0])] {
        let is_gate = |node: &sparring_nn::Node| {
            matches!(node.layer.as_activation(), Some(AnyActivation::Sigmoid(_)))
                && node.inputs == [other.source]
        };
        let plain = gate.is_plain() && other.is_plain() && gate.dims == other.dims;
        if once && plain && !b.is_shared(gate.source) && b.node(gate.source).is_some_and(is_gate) {
            b.replace(gate.source, activation(&AnyActivation::Silu(Silu)));
            return Ok(gate.clone().into());
        }
    }
    joined(call, b, [x, y], multiply())
}

/// Sum of any number of values.
pub(super) fn sum(call: &Call<'_>, b: &mut Builder) -> Read {
    let mut all = Value::from(call.live(0)?);
    for i in 1..call.inputs.len() {
        if let Value::Live(x) = all {
            all = joined(call, b, [x, call.live(i)?], add())?;
        }
    }
    Ok(all)
}

/// −x.
pub(super) fn negative(call: &Call<'_>, _: &mut Builder) -> Read {
    Ok(call.live(0)?.scaled_by(call.name()).then_affine(&[-1.0], &[0.0]).into())
}

/// An activation with one parameter, or none.
pub(super) fn activated(call: &Call<'_>, b: &mut Builder) -> Read {
    let number = |name: &str, default: f32| call.float(name, default);
    let text = match call.node.op_type.as_str() {
        "LeakyRelu" => format!("leaky_relu(slope={})", number("alpha", 0.01)),
        "Elu" => format!("elu(alpha={})", number("alpha", 1.0)),
        "Celu" => format!("celu(alpha={})", number("alpha", 1.0)),
        "Selu" => {
            let own = [("alpha", 1.673_263_2), ("gamma", 1.050_701)];
            if own.iter().any(|(name, usual)| (number(name, *usual as f32) - usual).abs() > 1e-5) {
                return Err(call.wrong("a SELU with other than its own alpha and gamma"));
            }
            "selu".into()
        }
        "Gelu" if call.text("approximate", "none") != "none" => {
            return Err(call.wrong("a GELU by tanh; the exact one (approximate='none') is read"));
        }
        other => other.to_lowercase(),
    };
    let layer = text.parse().map_err(|e: sparring_math::named::NamedError| call.wrong(e.to_string()))?;
    each(call, b, call.live(0)?, layer).map(Value::from)
}

/// PReLU with one slope for all, one a channel or one for each number of an example.
pub(super) fn prelu(call: &Call<'_>, b: &mut Builder) -> Read {
    let slope = call.constant(1)?;
    let x = call.live(0)?;
    let x = if slope.numbers.len() == 1 { b.plain(call.name(), x)? } else { b.shaped(call.name(), x)? };
    // Extents line up from the right.
    let leading = slope.dims.iter().take_while(|&&d| d == 1).count();
    let own = &slope.dims[leading.min(slope.dims.len().saturating_sub(x.shape.len()))..];
    let of_channels: Vec<usize> =
        x.shape.iter().enumerate().map(|(i, &d)| if i == 0 { d } else { 1 }).collect();
    let n = slope.numbers.len();
    if n != 1 && (x.dims != x.shape || (own != of_channels && own != x.shape)) {
        let (of, example) = (&slope.dims, &x.dims);
        let what = format!(
            "slopes of {of:?} for examples of {example:?}; one, one a channel or one a number is read"
        );
        return Err(call.wrong(what));
    }
    let layer = format!("prelu(groups={n})").parse();
    let layer = layer.map_err(|e: sparring_math::named::NamedError| call.wrong(e.to_string()))?;
    let y = b.push((call.name(), call.input_name(1)), layer, &[x.source], vec![slope.array(&[n])])?;
    Ok(y.seen_as(x.dims, &x.reshaped_by).into())
}

/// Clip: between limits that are attributes (before version 11) or inputs.
pub(super) fn clip(call: &Call<'_>, b: &mut Builder) -> Read {
    let limit = |name: &str, i: usize| -> Result<Option<f64>, StoreError> {
        let value = match call.optional(i)? {
            Some(Constant { numbers: Numbers::Floats(v), .. }) if v.len() == 1 => f64::from(v[0]),
            Some(_) => return Err(call.wrong("a limit that is not one number")),
            None if call.has(name) => call.float(name, 0.0),
            None => return Ok(None),
        };
        // The limits of the type are none.
        Ok(Some(value).filter(|v| v.abs() < 1e38))
    };
    let (low, high) = (limit("min", 1)?, limit("max", 2)?);
    let x = call.live(0)?;
    let layer = match (low, high) {
        (None, None) => return Ok(x.into()),
        (Some(0.0), None) => activation(&AnyActivation::Relu(sparring_activations::Relu)),
        (low, high) => Clamp { low, high }.into(),
    };
    each(call, b, x, layer).map(Value::from)
}

/// clip(alpha · x + beta, 0, 1), times x itself in the hard swish.
pub(super) fn hard(call: &Call<'_>, b: &mut Builder) -> Read {
    let swish = call.node.op_type == "HardSwish";
    let (alpha, beta) =
        if swish { (1.0 / 6.0, 0.5) } else { (call.float("alpha", 0.2), call.float("beta", 0.5)) };
    let x = b.plain(call.name(), call.live(0)?)?;
    let gate = each(call, b, x.clone().then_affine(&[alpha], &[beta]), clamp(0.0, 1.0))?;
    if swish { joined(call, b, [x, gate], multiply()) } else { Ok(gate.into()) }
}

/// Greater, of a value and a number.
pub(super) fn greater(call: &Call<'_>, _: &mut Builder) -> Read {
    match call.constant(1)?.floats()[..] {
        [limit] => Ok(Value::Above(call.live(0)?, f64::from(limit))),
        _ => Err(call.wrong("a comparison with other than one number")),
    }
}

/// Where: PyTorch's softplus, which is x itself far from 0, and nothing else.
pub(super) fn choice(call: &Call<'_>, b: &mut Builder) -> Read {
    let (x, y) = (call.live(1)?, call.live(2)?);
    let is_softplus = |node: &sparring_nn::Node| {
        matches!(node.layer.as_activation(), Some(AnyActivation::Softplus(_))) && node.inputs == [x.source]
    };
    match call.input(0) {
        // Beyond 15 the two differ by less than e^-15.
        Some(Value::Above(of, limit))
            if *limit >= 15.0
                && of.source == x.source
                && of.is_plain()
                && x.is_plain()
                && y.is_plain()
                && b.node(y.source).is_some_and(is_softplus) =>
        {
            Ok(y.into())
        }
        _ => Err(call.wrong("a choice by the input's own numbers")),
    }
}
