//! What a network is made of, and how it runs.

use crate::engine::is_compiled;
use crate::{AnyLayer, Graph, ParamKind, ParamSpec, ShapeError};
use std::fmt;

/// One node of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRow {
    /// Name of the node.
    pub name: String,
    /// Kind of layer.
    pub kind: String,
    /// Output for one example, without the batch.
    pub output: Vec<usize>,
    /// Numbers stored in it.
    pub parameters: usize,
    /// Multiply-adds of one example.
    pub mul_adds: u64,
    /// Numbers of one example that it keeps until the backward pass.
    pub activations: u64,
    /// Whether the compiled engine has instructions for it at these shapes; otherwise it runs on a tape inside the program.
    pub compiled: bool,
}

/// Nodes, shapes, parameter counts and costs for one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The nodes in order.
    pub rows: Vec<LayerRow>,
    /// All trained numbers; running statistics are none.
    pub parameters: usize,
    /// Multiply-adds of one example.
    pub mul_adds: u64,
    /// Numbers of one example kept until the backward pass.
    pub activations: u64,
}

/// Numbers of a layer that are trained.
fn trained(layer: &AnyLayer) -> usize {
    layer.parameters().iter().filter(|p| p.kind != ParamKind::Buffer).map(ParamSpec::len).sum()
}

/// `f32` numbers in MiB.
fn mib(numbers: u64) -> f64 {
    numbers as f64 * 4.0 / (1 << 20) as f64
}

impl LayerRow {
    /// [`activations`](Self::activations) in MiB of `f32`.
    pub fn activation_mib(&self) -> f64 {
        mib(self.activations)
    }
    /// How it runs, in a word.
    pub fn runs(&self) -> &'static str {
        if self.compiled { "compiled" } else { "tape" }
    }
}

impl Summary {
    /// [`activations`](Self::activations) in MiB of `f32`.
    pub fn activation_mib(&self) -> f64 {
        mib(self.activations)
    }
}

impl Graph {
    /// Walks the network for one example.
    ///
    /// # Errors
    /// [`ShapeError`] where two layers do not fit.
    pub fn summary(&self) -> Result<Summary, ShapeError> {
        let shapes = self.shapes(1)?;
        let mut rows = Vec::new();
        for (node, shape) in self.nodes.iter().zip(&shapes) {
            let inputs = Self::inputs_of(node, self.batch(1), &shapes);
            let cost = node.layer.cost(&inputs)?;
            rows.push(LayerRow {
                name: node.name.clone(),
                kind: node.layer.kind().into_owned(),
                output: shape.dims()[1..].to_vec(),
                parameters: trained(&node.layer),
                mul_adds: cost.mul_adds,
                activations: cost.activations,
                compiled: is_compiled(&node.layer, inputs[0], *shape),
            });
        }
        Ok(Summary {
            parameters: rows.iter().map(|r| r.parameters).sum(),
            mul_adds: rows.iter().map(|r| r.mul_adds).sum(),
            activations: rows.iter().map(|r| r.activations).sum(),
            rows,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, kind: &str, output: &str, numbers: [&str; 3], runs: &str| {
            let [parameters, mul_adds, memory] = numbers;
            let line = format!(
                "{name:<20} {kind:<18} {output:>14} {parameters:>10} {mul_adds:>12} {memory:>11} {runs}"
            );
            writeln!(f, "{}", line.trim_end())
        };
        let memory = |mib: f64| format!("{mib:.4}");
        line("layer", "kind", "output", ["parameters", "mult-adds", "MiB/example"], "runs")?;
        for row in &self.rows {
            let output = row.output.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
            let mib = memory(row.activation_mib());
            let numbers = [&*row.parameters.to_string(), &*row.mul_adds.to_string(), &*mib];
            line(&row.name, &row.kind, &output, numbers, row.runs())?;
        }
        let mib = memory(self.activation_mib());
        line("total", "", "", [&self.parameters.to_string(), &self.mul_adds.to_string(), &mib], "")
    }
}
