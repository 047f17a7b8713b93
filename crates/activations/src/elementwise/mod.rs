//! Element-wise activations, one file each.

crate::registry::activations! {
    identity::Identity,
    sigmoid::Sigmoid,
    tanh::Tanh,
    relu::Relu,
    leaky_relu::LeakyRelu,
    prelu::Prelu,
    elu::Elu,
    selu::Selu,
    celu::Celu,
    gelu::Gelu,
    silu::Silu,
    mish::Mish,
    softplus::Softplus,
}
