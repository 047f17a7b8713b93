//! How the weights of a network begin.

use crate::cli::options::name;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::datasets::Split;
use sparring::nn::{AnyInitScheme, Graph, Network};
use sparring::train::fit_start;

/// The scheme that was asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// How all weights begin, `he(mode=fan_out)` with parameters, by the exact gain of the activation that a layer reads; lsuv looks at training images. Default: as the network says, PyTorch's
    /// where it says nothing.
    #[arg(long, value_parser = name::<AnyInitScheme>())]
    init: Option<AnyInitScheme>,
}

impl InitArgs {
    /// The network with the initializers of the scheme.
    pub(crate) fn applied(&self, graph: Graph) -> Outcome<Graph> {
        let Some(scheme) = &self.init else { return Ok(graph) };
        // What is no network is refused where it is built.
        if graph.validate().is_err() {
            return Ok(graph);
        }
        scheme.applied(&graph).map_err(|e| Failure::Usage(format!("--init {scheme}: {e}")))
    }
    /// What the scheme does to weights by training images.
    pub(crate) fn fit(&self, net: &mut Network<f32>, train: &Split, seed: u64) -> Outcome {
        let Some(lsuv) = self.init.as_ref().and_then(AnyInitScheme::lsuv) else { return Ok(()) };
        fit_start(net, train, lsuv, seed).map_err(|e| Failure::Failed(format!("--init lsuv: {e}")))?;
        Ok(())
    }
    /// The entry of a run's `config.json`, if it was asked for.
    pub(crate) fn config(&self) -> Option<(&'static str, Value)> {
        self.init.map(|scheme| ("init", json!(scheme.to_string())))
    }
}
