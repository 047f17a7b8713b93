//! Operators on extents and axes, and what a file computes of them.

use super::builder::Builder;
use super::call::{Call, Value};
use super::constant::{Constant, Numbers};
use super::live::Live;
use super::proto::{BFLOAT16, DOUBLE, FLOAT, FLOAT16};
use crate::StoreError;
use sparring_nn::layers::{Softmax, concat, permute};

type Read = Result<Value, StoreError>;

/// The batch, where a file computes with its extent: a prime that no other extent is likely to have.
pub(super) const BATCH: i64 = 1_000_003;
/// Most axes of a value.
pub(super) const MOST_AXES: usize = 8;

/// x itself: Identity, Dropout, Cast of what depends on the input.
pub(super) fn same(call: &Call<'_>, _: &mut Builder) -> Read {
    call.input(0).cloned().ok_or_else(|| call.wrong("reads nothing"))
}

pub(super) fn cast(call: &Call<'_>, _: &mut Builder) -> Read {
    let is_float = matches!(call.int("to", 0) as i32, FLOAT | DOUBLE | FLOAT16 | BFLOAT16);
    match call.input(0) {
        Some(Value::Constant(c)) => {
            let numbers = match &c.numbers {
                Numbers::Whole(_) if is_float => Numbers::Floats(c.floats()),
                Numbers::Floats(v) if !is_float => Numbers::Whole(v.iter().map(|&v| v as i64).collect()),
                same => same.clone(),
            };
            Ok(Constant { dims: c.dims.clone(), numbers }.into())
        }
        _ if is_float => Ok(call.live(0)?.into()),
        _ => Err(call.wrong("makes whole numbers of what depends on the input")),
    }
}

pub(super) fn constant(call: &Call<'_>, _: &mut Builder) -> Read {
    let single = |numbers| Ok(Constant { dims: Vec::new(), numbers }.into());
    if let Some(tensor) = call.tensor("value") {
        return Ok(Constant::read(tensor)?.into());
    }
    if call.has("value_int") {
        return single(Numbers::Whole(vec![call.int("value_int", 0)]));
    }
    if call.has("value_float") {
        return single(Numbers::Floats(vec![call.float("value_float", 0.0) as f32]));
    }
    if let Some(ints) = call.ints("value_ints").filter(|_| call.has("value_ints")) {
        return Ok(Constant::whole(ints.to_vec()).into());
    }
    match call.floats("value_floats") {
        Some(v) => Ok(Constant { dims: vec![v.len()], numbers: Numbers::Floats(v.to_vec()) }.into()),
        None => Err(call.wrong("no value that is read")),
    }
}

/// The value with other extents, which have to hold as many numbers.
fn seen(call: &Call<'_>, x: Live, dims: Vec<usize>) -> Read {
    let numbers = dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
    if dims.len() > MOST_AXES || numbers != Some(x.numbers()) {
        return Err(call.wrong(format!("examples of {:?} as {dims:?}", x.dims)));
    }
    Ok(x.seen_as(dims, call.name()).into())
}

pub(super) fn flatten(call: &Call<'_>, _: &mut Builder) -> Read {
    let x = call.live(0)?;
    match call.int("axis", 1) {
        1 => {
            let n = x.numbers();
            seen(call, x, vec![n])
        }
        axis => Err(call.wrong(format!("axis {axis} joins the batch with other axes"))),
    }
}

pub(super) fn reshape(call: &Call<'_>, _: &mut Builder) -> Read {
    let target = match call.numbers("shape", 1)? {
        Some(target) if target.len() <= MOST_AXES + 1 => target,
        _ => return Err(call.wrong("a shape that is missing or has too many axes")),
    };
    if let Some(Value::Constant(c)) = call.input(0) {
        return fixed(call, c, &target);
    }
    let x = call.live(0)?;
    let zero_copies = call.int("allowzero", 0) == 0;
    let mixes = || {
        call.wrong(format!("to {target:?}: the first axis has to stay the batch (examples are {:?})", x.dims))
    };
    let (&first, rest) = target.split_first().ok_or_else(mixes)?;
    let known = |(i, &d): (usize, &i64)| match d {
        0 if zero_copies => x.dims.get(i).copied(),
        d => usize::try_from(d).ok(),
    };
    let mut dims: Vec<Option<usize>> = rest.iter().enumerate().map(known).collect();
    let product = |dims: &[Option<usize>]| dims.iter().flatten().try_fold(1usize, |n, &d| n.checked_mul(d));
    let unknown: Vec<usize> = (0..dims.len()).filter(|&i| dims[i].is_none()).collect();
    let is_batch = first == BATCH || (first == 0 && zero_copies) || call.batch == Some(first);
    match (is_batch, first, &unknown[..]) {
        (true, ..) | (_, -1, []) if unknown.is_empty() => {}
        (true, _, &[at]) if rest[at] == -1 => {
            let others = product(&dims).filter(|n| *n > 0).ok_or_else(mixes)?;
            dims[at] = Some(x.numbers() / others);
        }
        _ => return Err(mixes()),
    }
    let dims: Vec<usize> = dims.into_iter().flatten().collect();
    // A batch that is not the first axis shows in the numbers.
    if dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d)) != Some(x.numbers()) {
        return Err(mixes());
    }
    seen(call, x.clone(), dims)
}

/// A constant with other extents.
fn fixed(call: &Call<'_>, c: &Constant, target: &[i64]) -> Read {
    let n = c.numbers.len();
    let known =
        |(i, &d): (usize, &i64)| if d == 0 { c.dims.get(i).copied() } else { usize::try_from(d).ok() };
    let mut dims: Vec<Option<usize>> = target.iter().enumerate().map(known).collect();
    let others = dims.iter().flatten().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|n| *n > 0);
    if let (Some(at), Some(others)) = (target.iter().position(|&d| d == -1), others) {
        dims[at] = Some(n / others);
    }
    let dims: Option<Vec<usize>> = dims.into_iter().collect();
    match dims.filter(|d| d.iter().try_fold(1usize, |n, &d| n.checked_mul(d)) == Some(n)) {
        Some(dims) => Ok(Constant { dims, numbers: c.numbers.clone() }.into()),
        None => Err(call.wrong(format!("a constant of {:?} to {target:?}", c.dims))),
    }
}

/// Squeeze and Unsqueeze.
pub(super) fn squeeze(call: &Call<'_>, _: &mut Builder) -> Read {
    let (adds, axes) = (call.node.op_type == "Unsqueeze", call.numbers("axes", 1)?);
    let of = |dims: &[usize]| -> Result<Vec<usize>, StoreError> {
        let given = axes.as_deref().unwrap_or_default();
        let rank = dims.len() + if adds { given.len() } else { 0 };
        if rank > 2 * MOST_AXES {
            return Err(call.wrong(format!("{rank} axes")));
        }
        let mut places: Vec<usize> = given.iter().map(|&a| call.axis(a, rank)).collect::<Result<_, _>>()?;
        places.sort_unstable();
        places.dedup();
        let mut dims = dims.to_vec();
        if adds {
            places.iter().for_each(|&at| dims.insert(at.min(dims.len()), 1));
        } else if axes.is_none() {
            dims = dims.iter().enumerate().filter(|(_, d)| **d != 1).map(|(_, d)| *d).collect();
        } else {
            dims = dims.iter().enumerate().filter(|(at, _)| !places.contains(at)).map(|(_, d)| *d).collect();
        }
        Ok(dims)
    };
    match call.input(0) {
        Some(Value::Constant(c)) => {
            let dims = of(&c.dims)?;
            if dims.iter().product::<usize>() != c.numbers.len() {
                return Err(call.wrong(format!("an axis of {:?} that is not 1", c.dims)));
            }
            Ok(Constant { dims, numbers: c.numbers.clone() }.into())
        }
        _ => {
            let x = call.live(0)?;
            let with_batch: Vec<usize> =
                std::iter::once(BATCH as usize).chain(x.dims.iter().copied()).collect();
            match of(&with_batch)?.split_first() {
                Some((&batch, dims)) if batch == BATCH as usize => seen(call, x, dims.to_vec()),
                _ => Err(call.wrong("the batch has to stay the first axis")),
            }
        }
    }
}

pub(super) fn transpose(call: &Call<'_>, b: &mut Builder) -> Read {
    let perm = call.ints("perm");
    match call.input(0) {
        Some(Value::ChannelsLast(x)) => Ok(x.clone().into()),
        Some(Value::Constant(c)) => {
            let [rows, columns] = c.dims[..] else {
                return Err(call.wrong(format!("of a constant of {:?}; matrices are read", c.dims)));
            };
            match perm {
                Some([0, 1]) => Ok(Value::Constant(c.clone())),
                None | Some([1, 0]) => {
                    let places: Vec<usize> =
                        (0..rows * columns).map(|i| i % rows * columns + i / rows).collect();
                    Ok(c.gathered(&places, vec![columns, rows]).into())
                }
                Some(other) => Err(call.wrong(format!("perm is {other:?}"))),
            }
        }
        _ => {
            let x = call.live(0)?;
            let rank = x.dims.len() + 1;
            let order: Option<Vec<usize>> =
                perm.unwrap_or_default().iter().map(|&p| usize::try_from(p).ok()).collect();
            let order =
                order.filter(|o| o.len() == rank && o[0] == 0 && (1..rank).all(|axis| o.contains(&axis)));
            let Some(order) = order else {
                return Err(
                    call.wrong(format!("perm is {perm:?}; the batch has to stay the first of {rank} axes"))
                );
            };
            let dims: Vec<usize> = order[1..].iter().map(|&axis| x.dims[axis - 1]).collect();
            // The order of the numbers is that of the axes that have more than one.
            let long: Vec<usize> = order[1..].iter().copied().filter(|&axis| x.dims[axis - 1] != 1).collect();
            if long.is_sorted() {
                return seen(call, x, dims);
            }
            let x = b.shaped(call.name(), x)?;
            b.push((call.name(), ""), permute(&order[1..]), &[x.source], Vec::new()).map(Value::from)
        }
    }
}

/// Softmax and LogSoftmax over the classes.
pub(super) fn softmax(call: &Call<'_>, b: &mut Builder) -> Read {
    let x = call.live(0)?;
    let axis = call.axis(call.int("axis", if call.opset < 13 { 1 } else { -1 }), x.dims.len() + 1)?;
    if x.dims.len() != 1 || axis != 1 {
        return Err(call.wrong(format!(
            "over axis {axis} of examples of {:?}; one over a row of classes is read",
            x.dims
        )));
    }
    let x = b.shaped(call.name(), x)?;
    let layer = Softmax { log: call.node.op_type == "LogSoftmax" };
    b.push((call.name(), ""), layer.into(), &[x.source], Vec::new()).map(Value::from)
}

/// The extents of a value, some of them if it is said.
pub(super) fn shape(call: &Call<'_>, _: &mut Builder) -> Read {
    let all: Vec<i64> = match call.input(0) {
        Some(Value::Constant(c)) => c.dims.iter().map(|&d| d as i64).collect(),
        _ => std::iter::once(BATCH).chain(call.live(0)?.dims.iter().map(|&d| d as i64)).collect(),
    };
    let rank = all.len() as i64;
    let at = |v: i64| (if v < 0 { v.saturating_add(rank) } else { v }).clamp(0, rank) as usize;
    let (start, end) = (at(call.int("start", 0)), at(call.int("end", i64::MAX)));
    Ok(Constant::whole(all.get(start..end).unwrap_or_default().to_vec()).into())
}

/// Gather of constants along their first axis, one row or several.
pub(super) fn gather(call: &Call<'_>, _: &mut Builder) -> Read {
    let (data, indices) = (call.constant(0)?, call.constant(1)?);
    let (&[rows], Some(wanted), 0) = (&data.dims[..], indices.whole_numbers(), call.int("axis", 0)) else {
        return Err(call.wrong(format!("of {:?}; numbers of a list are read", data.dims)));
    };
    let places: Vec<usize> = wanted.iter().map(|&i| call.axis(i, rows)).collect::<Result<_, _>>()?;
    Ok(data.gathered(&places, indices.dims.clone()).into())
}

/// Slice of a constant list.
pub(super) fn slice(call: &Call<'_>, _: &mut Builder) -> Read {
    let data = call.constant(0)?;
    let one = |name: &str, i: usize| {
        Ok::<_, StoreError>(call.numbers(name, i)?.map(|v| v.first().copied().unwrap_or(0)))
    };
    let (start, end) = (one("starts", 1)?, one("ends", 2)?);
    let (axis, step) = (one("axes", 3)?.unwrap_or(0), one("steps", 4)?.unwrap_or(1));
    let (&[n], Some(start), Some(end), 0, 1) = (&data.dims[..], start, end, axis, step) else {
        return Err(call.wrong("a part of a list, number by number, is read"));
    };
    let at = |v: i64| (if v < 0 { v.saturating_add(n as i64) } else { v }).clamp(0, n as i64) as usize;
    let places: Vec<usize> = (at(start)..at(end)).collect();
    let dims = vec![places.len()];
    Ok(data.gathered(&places, dims).into())
}

/// The product of a list.
pub(super) fn product(call: &Call<'_>, _: &mut Builder) -> Read {
    let c = call.constant(0)?;
    let whole = c.whole_numbers().and_then(|v| v.iter().try_fold(1i64, |p, &v| p.checked_mul(v)));
    let Some(product) = whole.filter(|_| c.dims.len() == 1) else {
        return Err(call.wrong("of other than a list of whole numbers"));
    };
    let dims = vec![1; usize::from(call.int("keepdims", 1) != 0)];
    Ok(Constant { dims, numbers: Numbers::Whole(vec![product]) }.into())
}

/// Most numbers of a list that is put together.
const MOST_JOINED: usize = 1 << 16;

/// Concat: of constants into a list, of values along the channels.
pub(super) fn join(call: &Call<'_>, b: &mut Builder) -> Read {
    let constants: Vec<&Constant> = (0..call.inputs.len()).map_while(|i| call.constant(i).ok()).collect();
    if !constants.is_empty() && constants.len() == call.inputs.len() {
        let lists = constants.iter().all(|c| c.dims.len() == 1);
        let numbers: usize = constants.iter().map(|c| c.numbers.len()).sum();
        if numbers > MOST_JOINED {
            return Err(call.wrong(format!("a list of {numbers} numbers")));
        }
        return match Constant::joined(&constants).filter(|_| lists) {
            Some(joined) => Ok(joined.into()),
            None => Err(call.wrong("constants that are no lists of one type")),
        };
    }
    let all = (0..call.inputs.len()).map(|i| call.live(i)).collect::<Result<Vec<_>, _>>()?;
    let rank = all.first().map_or(0, |x| x.dims.len()) + 1;
    if call.axis(call.int("axis", 0), rank)? != 1 {
        return Err(call.wrong("along another axis than the channels"));
    }
    let sources = all
        .into_iter()
        .map(|x| Ok(b.shaped(call.name(), x)?.source))
        .collect::<Result<Vec<_>, StoreError>>()?;
    match sources[..] {
        [_] => call.live(0).map(Value::from),
        _ => b.push((call.name(), ""), concat(), &sources, Vec::new()).map(Value::from),
    }
}

/// Zeros around an image, which the convolution behind it takes.
pub(super) fn pad(call: &Call<'_>, b: &mut Builder) -> Read {
    let x = b.plain(call.name(), call.live(0)?)?;
    let value = match call.optional(2)? {
        Some(c) => c.floats().first().copied().unwrap_or(0.0),
        None => call.float("value", 0.0) as f32,
    };
    let is_zeros = call.text("mode", "constant") == "constant" && value == 0.0 && call.input(3).is_none();
    let pads = call.numbers("pads", 1)?.unwrap_or_default();
    let all_none = pads.iter().all(|p| *p == 0);
    match (is_zeros, &pads[..], x.dims.len()) {
        (true, ..) if all_none => Ok(x.into()),
        (true, &[0, 0, top, left, 0, 0, bottom, right], 3)
            if pads.iter().all(|p| (0..1 << 16).contains(p)) =>
        {
            let border = [top, left, bottom, right].map(|p| p as usize);
            Ok(Live { border, ..x }.into())
        }
        _ => Err(call.wrong("zeros around the pixels of an image, before a convolution, are read")),
    }
}
