//! Parameters treated apart, on the command line.

use sparring::nn::Group;

/// The groups that were given.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GroupArgs {
    /// Parameters treated apart, as in "activation(lr=0.1, decay=none)": kinds (weight, bias, norm, activation; `bias|norm` for two), factor of the learning rate, and whether
    /// they are decayed (kept, none); again for more. Default: bias|norm|activation(decay=none), of which each group given takes its kinds.
    #[arg(long = "group", value_name = "GROUP")]
    pub(crate) groups: Vec<Group>,
}
