//! An average, or the fields of the exponential one in older files.

use serde::{Deserialize, Deserializer};
use sparring_optim::{AnyAverage, Ema};

#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Any(AnyAverage),
    Fields(Ema),
}

pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<AnyAverage>, D::Error> {
    if !d.is_human_readable() {
        return Option::deserialize(d);
    }
    Ok(Option::<Read>::deserialize(d)?.map(|read| match read {
        Read::Any(any) => any,
        Read::Fields(ema) => ema.into(),
    }))
}
