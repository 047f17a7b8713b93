//! One slice dispatcher: a loop written once, compiled for each instruction set, chosen once at run time.
//!
//! [`map`], [`zip`], [`update`], [`update2`], [`sum`] and [`dot`] serve plain loops; [`dispatch`] takes any [`Kernel`].
//! The bits of the result do not depend on the instruction set, unless the loop works on [`fused`] slices.

mod dispatch;
mod fma_chains;
mod fused;
mod isa;
mod normals;
mod pages;
mod prefetch;
mod reduce;
mod slices;

pub use dispatch::{Kernel, dispatch, dispatch_on};
pub use fma_chains::{FmaChains, fma_chains};
pub use fused::{fused, fused_mut, fuses};
pub use isa::{Isa, IsaError, isa, isa_request};
pub use normals::normals;
pub use pages::gather_pages;
pub use prefetch::prefetch;
pub use reduce::{dot, sum};
pub use slices::{map, update, update2, zip};
