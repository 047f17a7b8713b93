//! Any layer, of this crate or another.

use crate::fields::Fields;
use crate::{Cost, Cx, Init, Layer, Lipschitz, Lowering, ParamSpec, ShapeError, Span};
use sparring_activations::About;
use sparring_autograd::Var;
use sparring_math::named::NamedError;
use sparring_tensor::{Array, Elem, Shape};
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Methods of [`Layer`] that an object can have as they are.
macro_rules! same_as_layer {
    ($($name:ident($($x:ident: $X:ty)?) -> $Out:ty;)+) => {
        trait Facts {
            $(fn $name(&self $(, $x: $X)?) -> $Out;)+
        }
        impl<L: Layer> Facts for L {
            $(fn $name(&self $(, $x: $X)?) -> $Out {
                Layer::$name(self $(, $x)?)
            })+
        }
        impl AnyLayer {
            $(#[doc = concat!("As [`Layer::", stringify!($name), "`].")]
            pub fn $name(&self $(, $x: $X)?) -> $Out {
                self.0.$name($($x)?)
            })+
        }
    };
}
same_as_layer! {
    kind() -> Cow<'static, str>;
    arity() -> (usize, usize);
    parameters() -> Vec<ParamSpec>;
    span() -> Span;
    least_batch(inputs: &[Shape]) -> usize;
    lipschitz() -> Lipschitz;
    about() -> Option<About>;
    lower() -> Lowering;
}

/// [`Layer`] without the types that keep it from being an object.
trait Erased: Facts + fmt::Debug + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn Erased) -> bool;
    fn tag(&self) -> &'static str;
    fn check(&self) -> Result<(), NamedError>;
    fn text(&self) -> String;
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError>;
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost;
    fn lipschitz_bound(&self, params: &[&Array<f32>], inputs: &[Shape]) -> Option<f64>;
    fn forward_f32<'t>(&self, cx: &Cx<'t, f32>, p: &[Var<'t, f32>], x: &[Var<'t, f32>]) -> Var<'t, f32>;
    fn forward_f64<'t>(&self, cx: &Cx<'t, f64>, p: &[Var<'t, f64>], x: &[Var<'t, f64>]) -> Var<'t, f64>;
    fn with_init(&self, init: Init) -> Option<AnyLayer>;
    fn set_dependent_f32(&self, values: &mut [Array<f32>]);
    fn set_dependent_f64(&self, values: &mut [Array<f64>]);
    fn fields(&self) -> serde_json::Result<Fields>;
}

impl<L: Layer> Erased for L {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn equals(&self, other: &dyn Erased) -> bool {
        other.as_any().downcast_ref::<L>() == Some(self)
    }
    fn tag(&self) -> &'static str {
        L::NAME
    }
    fn check(&self) -> Result<(), NamedError> {
        self.validate()
    }
    fn text(&self) -> String {
        self.write()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Layer::shape(self, inputs)
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        Layer::cost(self, inputs, output)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], inputs: &[Shape]) -> Option<f64> {
        Layer::lipschitz_bound(self, params, inputs)
    }
    fn forward_f32<'t>(&self, cx: &Cx<'t, f32>, p: &[Var<'t, f32>], x: &[Var<'t, f32>]) -> Var<'t, f32> {
        self.forward(cx, p, x)
    }
    fn forward_f64<'t>(&self, cx: &Cx<'t, f64>, p: &[Var<'t, f64>], x: &[Var<'t, f64>]) -> Var<'t, f64> {
        self.forward(cx, p, x)
    }
    fn with_init(&self, init: Init) -> Option<AnyLayer> {
        Layer::with_init(self, init).map(AnyLayer::from)
    }
    fn set_dependent_f32(&self, values: &mut [Array<f32>]) {
        self.set_dependent(values);
    }
    fn set_dependent_f64(&self, values: &mut [Array<f64>]) {
        self.set_dependent(values);
    }
    fn fields(&self) -> serde_json::Result<Fields> {
        Fields::of(self)
    }
}

/// Any layer, of this crate or another.
#[derive(Clone)]
pub struct AnyLayer(Arc<dyn Erased>);

impl<L: Layer> From<L> for AnyLayer {
    fn from(layer: L) -> Self {
        Self(Arc::new(layer))
    }
}

impl fmt::Debug for AnyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// In the grammar of names, as [`FromStr`](std::str::FromStr) reads it: `conv2d(in=1, out=16, kernel=4)`.
impl fmt::Display for AnyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.text())
    }
}

impl PartialEq for AnyLayer {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

impl AnyLayer {
    /// The layer as its own type; `None` if it is of another.
    pub fn as_layer<L: Layer>(&self) -> Option<&L> {
        self.0.as_any().downcast_ref()
    }
    /// The tag in files.
    pub fn tag(&self) -> &'static str {
        self.0.tag()
    }
    /// Every number is in its range, and every parameter has no more numbers than a network may hold.
    ///
    /// # Errors
    /// The sentence a user reads.
    pub fn check(&self) -> Result<(), String> {
        self.0.check().map_err(|e| e.to_string())?;
        for p in self.0.parameters() {
            if p.len() > MOST_PARAMETERS {
                let shape = &p.shape;
                return Err(format!("{} {shape:?} is more numbers than this program will hold", p.name));
            }
        }
        Ok(())
    }
    /// As [`Layer::shape`] for any number of inputs.
    ///
    /// # Errors
    /// [`ShapeError`] also for a number of inputs that it does not take, and for an output that no memory holds.
    pub fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let (least, most) = self.arity();
        if inputs.len() < least || inputs.len() > most {
            let takes = if least == most { least.to_string() } else { format!("{least} or more") };
            return Err(ShapeError::new(&self.kind(), format!("{} inputs, it takes {takes}", inputs.len())));
        }
        let shape = self.0.shape(inputs)?;
        crate::error::given(&self.kind(), shape.dims())
    }
    /// As [`Layer::cost`].
    ///
    /// # Errors
    /// [`ShapeError`] where the shapes do not fit, or [`Cost::check`] refuses.
    pub fn cost(&self, inputs: &[Shape]) -> Result<Cost, ShapeError> {
        let cost = self.0.cost(inputs, self.shape(inputs)?);
        cost.check(&self.kind()).map(|()| cost)
    }
    /// As [`Layer::lipschitz_bound`].
    pub fn lipschitz_bound(&self, params: &[&Array<f32>], inputs: &[Shape]) -> Option<f64> {
        self.0.lipschitz_bound(params, inputs)
    }
    /// As [`Layer::with_init`].
    pub fn with_init(&self, init: Init) -> Option<Self> {
        self.0.with_init(init)
    }
    /// As [`Layer::forward`].
    pub fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        /// The variables at the same places of the same tape.
        fn on<'t, E: Elem, F: Elem>(cx: &Cx<'t, F>, vars: &[Var<'t, E>]) -> Vec<Var<'t, F>> {
            vars.iter().map(|v| cx.tape().var(v.id())).collect()
        }
        let cx = &if self.span() == Span::Batch { *cx } else { cx.without_statistics() };
        // Elem is sealed: one of the two is its own type.
        let id = if let Some(typed) = cx.typed::<f32>() {
            self.0.forward_f32(&typed, &on(&typed, p), &on(&typed, x)).id()
        } else {
            let typed = cx.typed::<f64>().expect("an element is f32 or f64");
            self.0.forward_f64(&typed, &on(&typed, p), &on(&typed, x)).id()
        };
        cx.tape().var(id)
    }
    /// The values after [`Layer::set_dependent`].
    pub(crate) fn with_dependent<E: Elem>(&self, mut values: Vec<Array<E>>) -> Vec<Array<E>> {
        let any: &mut dyn Any = &mut values;
        if let Some(values) = any.downcast_mut::<Vec<Array<f32>>>() {
            self.0.set_dependent_f32(values);
        } else if let Some(values) = any.downcast_mut::<Vec<Array<f64>>>() {
            self.0.set_dependent_f64(values);
        }
        values
    }
    /// Its fields, without the tag.
    pub(crate) fn fields(&self) -> serde_json::Result<Fields> {
        self.0.fields()
    }
}

/// Most numbers that the parameters of a network may hold, of one layer or of all: 2^28 is 1 GiB of `f32`. What flows between its layers is
/// bounded by [`Cost`].
pub(crate) const MOST_PARAMETERS: usize = 1 << 28;
