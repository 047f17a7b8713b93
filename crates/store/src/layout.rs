//! The tensors of a network, from its spec alone.

use sparring_nn::{LayerSpec, Spec};

/// Name and shape of every tensor of a network, in PyTorch's names, layouts and order, without building it: a file's
/// word on sizes is compared with the file before anything of that size exists.
///
/// # Shapes
/// Linear `[outputs, inputs]`; convolution `[outputs, inputs, height, width]`; transposed convolution
/// `[inputs, outputs, height, width]`; each with a bias `[outputs]`; a learnt activation `weight` with its parameters.
///
/// ```
/// use sparring_nn::{LayerSpec, Spec};
/// let spec = Spec::new([1, 2, 2], vec![LayerSpec::Flatten, LayerSpec::linear(4, 3)]);
/// assert_eq!(sparring_store::layout(&spec, "generator")[0], ("generator.1.weight".to_string(), vec![3, 4]));
/// ```
pub fn layout(spec: &Spec, prefix: &str) -> Vec<(String, Vec<usize>)> {
    let dot = if prefix.is_empty() { "" } else { "." };
    let named = |(i, layer)| {
        tensors(layer).into_iter().map(move |(name, shape)| (format!("{prefix}{dot}{i}.{name}"), shape))
    };
    spec.layers.iter().enumerate().flat_map(named).collect()
}

fn tensors(layer: &LayerSpec) -> Vec<(&'static str, Vec<usize>)> {
    let affine = |weight, outputs| vec![("weight", weight), ("bias", vec![outputs])];
    match layer {
        LayerSpec::Linear { inputs, outputs, .. } => affine(vec![*outputs, *inputs], *outputs),
        LayerSpec::Conv2d { inputs, outputs, kernel, .. } => {
            affine(vec![*outputs, *inputs, kernel[0], kernel[1]], *outputs)
        }
        LayerSpec::ConvTranspose2d { inputs, outputs, kernel, .. } => {
            affine(vec![*inputs, *outputs, kernel[0], kernel[1]], *outputs)
        }
        LayerSpec::Activation { function } => {
            let learnt = function.trainable::<f32>();
            learnt.map(|a| vec![("weight", vec![a.params().len()])]).unwrap_or_default()
        }
        LayerSpec::Pool2d { .. }
        | LayerSpec::Flatten
        | LayerSpec::Reshape { .. }
        | LayerSpec::Dropout { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_nn::layers::Pool;
    use sparring_nn::{Init, Module};
    use sparring_seed::Key;

    #[test]
    fn the_layout_is_that_of_the_built_network() {
        let (kernel, stride, padding) = ([4, 3], [1, 1], [1, 0]);
        let layers = vec![
            LayerSpec::Conv2d { inputs: 2, outputs: 3, kernel, stride, padding, init: Init::Torch },
            LayerSpec::activation(&"prelu".parse().unwrap()),
            LayerSpec::Pool2d { pool: Pool::Max, kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
            LayerSpec::ConvTranspose2d { inputs: 3, outputs: 5, kernel, stride, padding, init: Init::Torch },
            LayerSpec::Dropout { p: 0.5 },
            LayerSpec::activation(&"relu".parse().unwrap()),
            LayerSpec::Flatten,
            LayerSpec::linear(320, 6),
            LayerSpec::Reshape { shape: vec![6, 1, 1] },
        ];
        let spec = Spec::new([2, 8, 8], layers);
        let mut built = Vec::new();
        spec.build::<f32>(Key::new(1)).unwrap().visit("", &mut |name, p| {
            built.push((name.to_string(), p.value.shape().dims().to_vec()));
        });
        assert_eq!(layout(&spec, ""), built);
        assert_eq!(built.len(), 7);
    }
}
