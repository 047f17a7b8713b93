//! The tensors of a network, from its graph alone.

use sparring_nn::Graph;

/// Name and shape of every tensor of a network, in PyTorch's names, layouts and order, without building it: a file's
/// word on sizes is compared with the file before anything of that size exists.
///
/// ```
/// use sparring_nn::{Graph, layers};
/// let graph = Graph::chain([1, 2, 2], vec![layers::flatten(), layers::linear(4, 3)]);
/// assert_eq!(sparring_store::layout(&graph, "generator")[0], ("generator.1.weight".to_string(), vec![3, 4]));
/// ```
pub fn layout(graph: &Graph, prefix: &str) -> Vec<(String, Vec<usize>)> {
    graph.parameters(prefix).into_iter().map(|(name, p)| (name, p.shape)).collect()
}
