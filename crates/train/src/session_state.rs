//! Where a training stands.

use crate::learner_state::{LearnerState, StateArray};
use crate::loop_state::LoopState;

/// Where a training stands.
#[derive(Clone, Debug)]
pub struct SessionState {
    /// Steps done.
    pub step: u64,
    /// Epochs that were reported.
    pub reported: u64,
    /// Of the learner.
    pub learner: LearnerState,
    /// Of the loop.
    pub loop_state: LoopState,
}

impl SessionState {
    /// All arrays: the learner's, the best weights as `best/NAME`, those of the snapshot as `snapshot/..`.
    pub(crate) fn arrays_mut(&mut self) -> Vec<StateArray<'_>> {
        let LoopState { best, snapshot, .. } = &mut self.loop_state;
        let names = self.learner.networks.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>();
        let mut all = self.learner.arrays_mut();
        for (network, params) in names.iter().zip(best) {
            let before = if network.is_empty() { String::new() } else { format!("{network}/") };
            all.extend(params.iter_mut().map(|p| {
                let (name, shape) = (format!("{before}best/{}", p.name()), p.shape().dims().to_vec());
                (name, shape, p.value.as_mut_slice())
            }));
        }
        if let Some(snapshot) = snapshot {
            let arrays = snapshot.learner.arrays_mut().into_iter();
            all.extend(arrays.map(|(name, shape, numbers)| (format!("snapshot/{name}"), shape, numbers)));
        }
        all
    }
}
