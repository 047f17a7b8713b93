//! Element-wise activations, one file each.

crate::registry::activations! {
    identity::Identity,
    sigmoid::Sigmoid,
    tanh::Tanh,
    relu::Relu,
    leaky_relu::LeakyRelu,
    prelu::Prelu,
    elu::Elu,
    gelu::Gelu,
    silu::Silu,
    softplus::Softplus,
}
