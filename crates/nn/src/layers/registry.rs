//! The table of all layers, and how a text names one.

use super::{Activated, BUILT_IN};
use crate::{AnyLayer, Layer, Lowering, TorchArgument};
use serde_json::Value;
use sparring_activations::AnyActivation;
use sparring_math::grammar::{Call, same};
use sparring_math::named::{Entry, Family, NamedError, nearest};
use std::sync::{PoisonError, RwLock};

/// What is known of a kind of layer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LayerInfo {
    /// Its tag in files, other names, paper, and parameters.
    pub entry: Entry<AnyLayer>,
    /// The same in PyTorch, `nn.Linear`; nothing where there is no such thing.
    pub torch: &'static str,
    /// Names that stand for it with a parameter given, [`Layer::SHORT`].
    pub short: &'static [(&'static str, (&'static str, &'static str))],
    /// Arguments of the class in PyTorch, [`Layer::TORCH_ARGUMENTS`].
    pub torch_arguments: &'static [(&'static str, TorchArgument)],
    default: fn() -> AnyLayer,
    /// The layer with these fields of a file, without the tag.
    pub(crate) read: fn(Value) -> serde_json::Result<AnyLayer>,
}

impl LayerInfo {
    pub(super) const fn of<L: Layer>() -> Self {
        Self {
            entry: Entry::of::<L>(),
            torch: L::TORCH,
            short: L::SHORT,
            torch_arguments: L::TORCH_ARGUMENTS,
            default: || L::default().into(),
            read: |fields| serde_json::from_value::<L>(fields).map(Into::into),
        }
    }
    /// All names that stand for it: its own, aliases and short names.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let (aliases, short) = (self.entry.aliases.iter().copied(), self.short.iter().map(|s| s.0));
        std::iter::once(self.entry.name).chain(aliases).chain(short)
    }
    /// Whether the compiled engine has an instruction for it ([`Layer::lower`] at its defaults); otherwise it runs on a tape inside the program.
    pub fn is_compiled(&self) -> bool {
        (self.default)().lower() != Lowering::Tape
    }
}

/// Layers of other crates.
static REGISTERED: RwLock<Vec<LayerInfo>> = RwLock::new(Vec::new());

/// Makes a layer of another crate known to the readers of files, as Keras' `register_keras_serializable` does; a second call changes nothing.
///
/// # Panics
/// If one of its names is that of another layer or of an activation: name, alias or short name, as [`AnyLayer::from_call`] reads them.
#[track_caller]
pub fn register<L: Layer>() {
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    let new = LayerInfo::of::<L>();
    if all.iter().any(|old| old.entry.name == L::NAME && std::ptr::fn_addr_eq(old.read, new.read)) {
        return;
    }
    for name in new.names() {
        let of = |info: &&LayerInfo| info.names().any(|other| same(other, name));
        if let Some(info) = BUILT_IN.iter().find(of) {
            panic!("register: `{name}` is a name of `{}`, a layer of sparring-nn", info.entry.name);
        }
        assert!(AnyActivation::TABLE.find(name).is_err(), "register: `{name}` is a name of an activation");
        assert!(!all.iter().any(|info| of(&info)), "register: `{name}` is registered by another type");
    }
    all.push(new);
}

/// Every kind of layer, those of other crates last.
pub fn table() -> Vec<LayerInfo> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*registered).copied().collect()
}

/// The tags of all layers.
pub fn tags() -> Vec<&'static str> {
    table().iter().map(|e| e.entry.name).collect()
}

impl AnyLayer {
    /// Makes the layer that a call names: a layer by its name or another that it has, or an activation by its own.
    ///
    /// ```
    /// use sparring_nn::{AnyLayer, layers};
    /// assert_eq!("Conv2d(in=1, out=16, kernel=4, stride=2)".parse(), Ok(layers::conv2d(1, 16, 4, 2, 0)));
    /// assert_eq!("MaxPool2d(2)".parse(), Ok(layers::max_pool2d(2, 2)));
    /// assert_eq!("leaky_relu(slope=0.2)".parse::<AnyLayer>().unwrap().tag(), "activation");
    /// assert_eq!(layers::linear(784, 10).to_string(), "linear(in=784, out=10)");
    /// let e = "linear(in=784)".parse::<AnyLayer>().unwrap_err().to_string();
    /// assert_eq!(e, "linear.out is missing: a whole number, 1 or above and at most 1000000000000");
    /// ```
    ///
    /// # Errors
    /// [`NamedError`].
    pub fn from_call(call: &Call<'_>) -> Result<Self, NamedError> {
        let table = table();
        if let Some(info) = table.iter().find(|info| info.entry.is_called(call.name)) {
            return info.entry.read(&ours(&info.entry, info.torch_arguments, call)?);
        }
        for info in &table {
            if let Some(&(_, (parameter, value))) = info.short.iter().find(|s| same(s.0, call.name)) {
                let mut call = ours(&info.entry, info.torch_arguments, call)?;
                call.arguments.insert(0, (Some(parameter), value));
                return info.entry.read(&call);
            }
        }
        match AnyActivation::TABLE.find(call.name) {
            Ok(activation) => {
                // Arguments are those of the function, but for the groups, which are the layer's.
                let of_layer = |key: &str| ["groups", "num_parameters"].iter().any(|own| same(own, key));
                let (groups, own): (Vec<_>, Vec<_>) =
                    call.arguments.iter().partition(|(key, _)| key.is_some_and(of_layer));
                let call = Call { name: call.name, arguments: own };
                let call = ours(activation, Activated::TORCH_ARGUMENTS, &call)?;
                let function = activation.read(&call)?.to_string();
                let arguments = [vec![(Some("function"), function.as_str())], groups].concat();
                let layer = LayerInfo::of::<Activated>();
                let call = Call { name: layer.entry.name, arguments };
                layer.entry.read(&ours(&layer.entry, layer.torch_arguments, &call)?)
            }
            Err(_) => {
                let known: Vec<_> = table.iter().flat_map(LayerInfo::names).collect();
                let nearest = nearest(call.name, known.iter().copied().chain(AnyActivation::TABLE.names()));
                Err(NamedError::Unknown { kind: "layer", asked: call.name.into(), nearest, known })
            }
        }
    }
}

/// A call with PyTorch's words for arguments in the words of this program.
fn ours<'a, T>(
    entry: &Entry<T>,
    words: &'static [(&'static str, TorchArgument)],
    call: &Call<'a>,
) -> Result<Call<'a>, NamedError> {
    let mut arguments = Vec::with_capacity(call.arguments.len());
    for &(key, value) in &call.arguments {
        let foreign = key.filter(|key| entry.parameter(key).is_none());
        let word = foreign.and_then(|key| words.iter().find(|(word, _)| same(word, key)));
        match word {
            Some((_, TorchArgument::Is(name))) if entry.parameter(name).is_some() => {
                arguments.push((Some(*name), value));
            }
            Some((word, TorchArgument::Only(values))) => {
                if !values.iter().any(|only| same(only, value)) {
                    let must = format!("{}: nothing else is there", values[0]);
                    return Err(NamedError::value(entry.name, word, value, must));
                }
            }
            Some((_, TorchArgument::Unused)) => {}
            _ => arguments.push((key, value)),
        }
    }
    Ok(Call { name: entry.name, arguments })
}

impl std::str::FromStr for AnyLayer {
    type Err = NamedError;
    fn from_str(text: &str) -> Result<Self, NamedError> {
        let syntax = |why| NamedError::Syntax { kind: "layer", text: text.to_owned(), why };
        Self::from_call(&Call::parse(text).map_err(syntax)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cx, ShapeError, layers};
    use sparring_autograd::Var;
    use sparring_math::named::Unset;
    use sparring_tensor::{Elem, Shape};

    #[test]
    fn every_layer_reads_what_it_writes() {
        let mut names: Vec<&str> = AnyActivation::TABLE.names().collect();
        for info in table() {
            for name in info.names() {
                assert!(!names.iter().any(|other| same(other, name)), "{name} stands for two");
                names.push(name);
            }
            let layer = (info.default)();
            assert_eq!(layer.to_string().parse(), Ok(layer.clone()), "{layer}");
            // What a file says and what a text says are the same fields.
            let file = serde_json::to_value(&layer).unwrap();
            for p in info.entry.parameters {
                let left_out =
                    ["affine", "bias", "groups", "output_padding", "parametrization"].contains(&p.field);
                assert!(
                    left_out || file.get(p.field).is_some(),
                    "{}: no field {} in {file}",
                    info.entry.name,
                    p.field
                );
            }
            let needs = info.entry.parameters.iter().any(|p| p.unset == Unset::Required);
            let bare = info.entry.read(&Call { name: info.entry.name, arguments: Vec::new() });
            assert_eq!(bare.is_err(), needs, "{}", info.entry.name);
        }
    }

    /// Layers of users under names that are understood already.
    macro_rules! named_as {
        ($($Type:ident: $name:literal, [$($alias:literal),*];)+) => {$(
            #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
            struct $Type {}
            sparring_math::named! { $Type: $name, [$($alias),*], ""; }
            impl Layer for $Type {
                fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
                    Ok(inputs[0])
                }
                fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
                    x[0]
                }
            }
        )+};
    }
    named_as! {
        Tag: "Linear", [];
        Alias: "cat", [];
        Short: "max_pool2d", [];
        Function: "relu", [];
        Other: "unheard_of", ["batch-norm2d"];
        Free: "free", ["gratis"];
        Again: "again", ["gratis"];
    }

    #[test]
    fn no_layer_takes_a_name_that_is_understood() {
        fn refused<L: Layer>() -> String {
            let why = std::panic::catch_unwind(register::<L>).expect_err(L::NAME);
            *why.downcast::<String>().expect("words")
        }
        register::<Free>();
        register::<Free>();
        for (why, parts) in [
            (refused::<Tag>(), ["`Linear`", "`linear`, a layer of"]),
            (refused::<Alias>(), ["`cat`", "`concat`, a layer of"]),
            (refused::<Short>(), ["`max_pool2d`", "`pool2d`, a layer of"]),
            (refused::<Function>(), ["`relu`", "an activation"]),
            (refused::<Other>(), ["`batch-norm2d`", "`batch_norm`"]),
            (refused::<Again>(), ["`gratis`", "another type"]),
        ] {
            assert!(parts.iter().all(|part| why.contains(part)), "{why}");
        }
        let ours = table().into_iter().filter(|info| (info.default)().as_layer::<Free>().is_some());
        assert_eq!(ours.count(), 1);
        assert_eq!("relu".parse(), Ok(layers::activation(&"relu".parse().unwrap())));
    }

    #[test]
    fn texts_are_read_with_pytorchs_defaults() {
        for (text, layer) in [
            ("linear(784, 10)", layers::linear(784, 10)),
            (
                "conv2d(1, 2, 3x5, padding=1x2)",
                layers::Conv2d { outputs: 2, kernel: [3, 5], padding: [1, 2], ..Default::default() }.into(),
            ),
            ("batch_norm2d(8)", layers::batch_norm(8)),
            ("dropout", layers::dropout(0.5)),
            ("avg_pool2d(3, stride=1)", layers::avg_pool2d(3, 1)),
            ("reshape(8-3-3)", layers::reshape(&[8, 3, 3])),
            ("gelu", layers::activation(&"gelu".parse().unwrap())),
            (
                "Conv2d(in_channels=1, out_channels=2, kernel_size=3, dilation=1)",
                layers::conv2d(1, 2, 3, 1, 0),
            ),
            ("BatchNorm1d(num_features=8, affine=true)", layers::batch_norm(8)),
            ("AdaptiveAvgPool2d(output_size=1)", layers::global_avg_pool2d()),
            (
                "PReLU(num_parameters=3)",
                layers::Activated { function: "prelu".parse().unwrap(), groups: 3 }.into(),
            ),
            ("GLU(dim=1)", layers::glu(&"sigmoid".parse().unwrap())),
            ("SwiGLU", layers::glu(&"silu".parse().unwrap())),
            (
                "Embedding(num_embeddings=9, embedding_dim=3, padding_idx=0, sparse=false)",
                layers::Embedding { entries: 9, dim: 3, padding_idx: Some(0) }.into(),
            ),
            (
                "Linear(3, 2, parametrization=SpectralNorm)",
                layers::Linear {
                    inputs: 3,
                    outputs: 2,
                    parametrization: layers::Parametrization::SpectralNorm,
                    ..Default::default()
                }
                .into(),
            ),
            (
                "LeakyReLU(negative_slope=0.2, inplace=true)",
                layers::activation(&"leaky_relu(0.2)".parse().unwrap()),
            ),
        ] {
            assert_eq!(text.parse(), Ok(layer), "{text}");
        }
        for (text, parts) in [
            ("linaer(1, 2)", ["linaer", "did you mean `linear`"]),
            ("relux", ["no layer", "did you mean `relu`"]),
            ("linear(0, 2)", ["linear.in is 0", "1 or above"]),
            ("conv2d(1, 2, 3x0)", ["conv2d.kernel is 3x0", "1 or above"]),
            ("conv2d(1, 2, 3, init=he(-1))", ["conv2d.init.gain is -1", "above 0"]),
            ("conv_transpose2d(1, 2, 3, output_padding=1)", ["output_padding is 1", "below the stride, 1"]),
            ("max_pool2d(2, padding=2)", ["pool2d.padding is 2", "at most half the window, 2"]),
            ("max_pool2d(2, pool=average)", ["pool2d.pool", "twice"]),
            ("layer_norm(3-0)", ["layer_norm.shape", "above 0"]),
            ("dropout(1)", ["dropout.p is 1", "below 1"]),
            ("linear(", ["layer", "parenthesis"]),
            ("group_norm(3, 4)", ["group_norm.groups is 3", "divisor of the channels, 4"]),
            ("glu(gate=prelu)", ["glu.gate is prelu", "without learnt parameters"]),
            ("embedding(3, 2, padding_idx=3)", ["padding_idx is 3", "below the number of entries, 3"]),
            ("rms_norm(4, eps=0)", ["rms_norm.eps is 0", "above 0"]),
            (
                "instance_norm2d(4, track_running_stats=true)",
                ["track_running_stats is true", "must be false"],
            ),
            (
                "linear(1, 2, parametrization=norm)",
                ["linear.parametrization", "weight_norm or spectral_norm"],
            ),
            ("conv2d(1, 2, 3, dilation=2)", ["conv2d.dilation is 2", "must be 1"]),
            ("linear(in=1, in_features=2, out=3)", ["linear.in", "twice"]),
            ("relu(negative_slope=1)", ["relu has no parameter", "negative_slope"]),
            ("relu(num_parameters=3)", ["activation.groups is 3", "no learnt parameters"]),
            ("prelu(num_parameters=0)", ["activation.groups is 0", "1 or above"]),
            ("k_wta(0)", ["k_wta.fraction is 0", "above 0"]),
        ] {
            let e = text.parse::<AnyLayer>().unwrap_err().to_string();
            assert!(parts.iter().all(|part| e.contains(part)), "{text}: {e}");
        }
    }
}
