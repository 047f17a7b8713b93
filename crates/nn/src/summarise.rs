//! What a network is made of.

use crate::{Module, ShapeError};
use sparring_tensor::{Elem, Shape};
use std::fmt;

/// One layer of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRow {
    /// Dotted name.
    pub name: String,
    /// Kind of layer.
    pub kind: &'static str,
    /// Output for one example, without the batch.
    pub output: Vec<usize>,
    /// Numbers stored in it.
    pub parameters: usize,
}

/// Layers, shapes and parameter counts for one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The layers in order.
    pub rows: Vec<LayerRow>,
    /// All stored numbers.
    pub parameters: usize,
}

/// Numbers stored in a module.
pub fn parameters<E: Elem>(module: &dyn Module<E>) -> usize {
    let mut n = 0;
    module.visit("", &mut |_, p| n += p.value.len());
    n
}

/// Walks a network for one example of shape `input` (`[channels, height, width]`).
///
/// # Errors
/// [`ShapeError`] where two layers do not fit.
pub fn summary<E: Elem>(module: &dyn Module<E>, input: [usize; 3]) -> Result<Summary, ShapeError> {
    let mut rows = Vec::new();
    let shape = Shape::new(&[1, input[0], input[1], input[2]]);
    walk(module, "", shape, &mut rows)?;
    Ok(Summary { rows, parameters: parameters(module) })
}

fn walk<E: Elem>(
    module: &dyn Module<E>,
    name: &str,
    shape: Shape,
    rows: &mut Vec<LayerRow>,
) -> Result<Shape, ShapeError> {
    let children = module.children();
    if children.is_empty() {
        let output = module.output_shape(shape).map_err(|e| e.inside(name))?;
        let (kind, parameters) = (module.kind(), parameters(module));
        rows.push(LayerRow { name: name.to_string(), kind, output: output.dims()[1..].to_vec(), parameters });
        return Ok(output);
    }
    children.into_iter().try_fold(shape, |shape, (child, module)| {
        let name = if name.is_empty() { child } else { format!("{name}.{child}") };
        walk(module, &name, shape, rows)
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<10} {:<18} {:>16} {:>12}", "layer", "kind", "output", "parameters")?;
        for row in &self.rows {
            let output = row.output.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
            writeln!(f, "{:<10} {:<18} {output:>16} {:>12}", row.name, row.kind, row.parameters)?;
        }
        write!(f, "{:<10} {:<18} {:>16} {:>12}", "total", "", "", self.parameters)
    }
}
