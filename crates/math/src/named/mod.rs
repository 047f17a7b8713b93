//! What has a name and parameters: one trait, from which parsing, printing, tables, flags and errors follow.
//!
//! A type that has a name implements [`Named`], by the macro [`named!`](crate::named!); an enum over such types is a [`Family`], by the macro
//! [`family!`](crate::family!), and gives `FromStr`, `Display` and its [`NamedTable`].

mod contract;
mod error;
mod family;
mod nearest;
mod parameter;
mod range;
mod table;
mod text_or_fields;
mod value;

pub use contract::Named;
pub use error::NamedError;
pub use family::Family;
pub use nearest::nearest;
pub use parameter::{Parameter, Unset};
pub use range::Range;
pub use table::{Entry, NamedTable};
pub use value::Value;
