//! A case of the file: its numbers, and the network that it is about.

use safetensors::{Dtype, SafeTensors};
use sparring_nn::{AnyLayer, Graph, Network, Params, layers};
use sparring_seed::Key;
use sparring_tensor::Elem;

pub struct Case<'a> {
    pub file: &'a SafeTensors<'a>,
    pub name: &'a str,
}

impl Case<'_> {
    pub fn has(&self, key: &str) -> bool {
        self.file.tensor(&format!("{}/{key}", self.name)).is_ok()
    }
    pub fn dims(&self, key: &str) -> Vec<usize> {
        self.file.tensor(&format!("{}/{key}", self.name)).unwrap().shape().to_vec()
    }
    pub fn numbers<E: Elem>(&self, key: &str) -> Vec<E> {
        let view = self.file.tensor(&format!("{}/{key}", self.name)).unwrap_or_else(|e| panic!("{key}: {e}"));
        assert_eq!(view.dtype(), Dtype::F64, "{}/{key}", self.name);
        let number = |b: &[u8]| E::of(f64::from_le_bytes(b.try_into().unwrap()));
        view.data().chunks_exact(8).map(number).collect()
    }
    pub fn counts(&self, key: &str) -> Vec<usize> {
        let view = self.file.tensor(&format!("{}/{key}", self.name)).unwrap();
        assert_eq!(view.dtype(), Dtype::I64, "{}/{key}", self.name);
        let number = |b: &[u8]| usize::try_from(i64::from_le_bytes(b.try_into().unwrap())).unwrap();
        view.data().chunks_exact(8).map(number).collect()
    }
    pub fn pair(&self, key: &str) -> [usize; 2] {
        self.counts(key).try_into().unwrap()
    }
    /// Relative to the largest number of the tensor, or to 1 where that is smaller.
    #[track_caller]
    pub fn near<E: Elem>(&self, key: &str, got: &[E], tolerance: f64) {
        let want = self.numbers::<f64>(key);
        assert_eq!(got.len(), want.len(), "{}/{key}", self.name);
        let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            let off = (got.to_f64() - want).abs();
            assert!(
                off <= tolerance * size,
                "{}/{key}[{i}]: {got}, PyTorch has {want}, off by {off:e} of {size}",
                self.name
            );
        }
    }
    /// The layer behind a reshape that gives it PyTorch's rank, with the case's parameters.
    pub fn network<E: Elem>(&self, layer: AnyLayer, example: &[usize]) -> Network<E> {
        let mut graph = Graph::new(match *example {
            [k] => [1, 1, k],
            [a, b] => [1, a, b],
            [c, h, w] => [c, h, w],
            _ => panic!("{example:?}"),
        });
        if example.len() < 3 {
            graph.push(layers::reshape(example));
        }
        graph.push(layer);
        graph.name_last("it");
        let mut net = graph.build(Key::new(1)).unwrap();
        for key in ["weight", "bias"] {
            assert_eq!(self.has(key), net.params.get(&format!("it.{key}")).is_some(), "{}", self.name);
        }
        // Running statistics start as they are.
        let names: Vec<_> =
            net.params.iter().map(|p| p.name().trim_start_matches("it.").to_owned()).collect();
        for key in names.iter().filter(|key| !key.starts_with("running_")) {
            set(&mut net.params, &format!("it.{key}"), &self.numbers(key));
        }
        net
    }
}

pub fn set<E: Elem>(params: &mut Params<E>, name: &str, numbers: &[E]) {
    params.get_mut(name).unwrap().value.as_mut_slice().copy_from_slice(numbers);
}
