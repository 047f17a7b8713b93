//! What to fetch, to where, and how patiently.

use super::FetchError;
use crate::pinned::{Pinned, PinnedFile};
use std::path::PathBuf;
use std::time::Duration;

/// One call of [`fetch`](super::fetch).
#[derive(Clone, Debug)]
pub struct Download<'a> {
    /// The set and what its files must be.
    pub dataset: Pinned<'a>,
    /// The folder that is to hold the files; made if absent.
    pub to: PathBuf,
    /// Addresses to which the served name of a file is appended; they replace the built-in list. Empty: the built-in list.
    pub mirrors: Vec<String>,
    /// A folder to copy from instead of the network.
    pub from: Option<PathBuf>,
    /// Time-outs and retries.
    pub pace: Pace,
    /// Which proxies are used.
    pub proxies: Proxies,
}

impl<'a> Download<'a> {
    /// Everything else as usual.
    pub fn new(dataset: Pinned<'a>, to: impl Into<PathBuf>) -> Self {
        Self {
            dataset,
            to: to.into(),
            mirrors: Vec::new(),
            from: None,
            pace: Pace::default(),
            proxies: Proxies::default(),
        }
    }

    /// # Errors
    /// [`FetchError::Mirror`] for an address that is not http or https, [`FetchError::Pace`] for no attempt or no time.
    pub fn validate(&self) -> Result<(), FetchError> {
        if let Some(url) =
            self.mirrors.iter().find(|m| !m.starts_with("http://") && !m.starts_with("https://"))
        {
            return Err(FetchError::Mirror(url.clone()));
        }
        let Pace { connect, idle, total, attempts, .. } = self.pace;
        if attempts == 0 || [connect, idle, total].contains(&Duration::ZERO) {
            return Err(FetchError::Pace);
        }
        Ok(())
    }

    /// The addresses of one file, in order.
    pub(super) fn addresses(&self, file: &PinnedFile<'_>) -> Vec<String> {
        let built_in = || self.dataset.mirrors.iter().map(|m| (*m).to_string()).collect();
        let mirrors: Vec<String> = if self.mirrors.is_empty() { built_in() } else { self.mirrors.clone() };
        let file = file.served_name();
        mirrors.iter().map(|m| format!("{}/{file}", m.trim_end_matches('/'))).collect()
    }
}

/// How long to wait and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// For a connection.
    pub connect: Duration,
    /// Without a byte.
    pub idle: Duration,
    /// For one file from one mirror in one attempt, and for another process that fetches into the same folder.
    pub total: Duration,
    /// Attempts for each mirror.
    pub attempts: u32,
    /// Pause before the second attempt; it doubles each time and varies by half, so that many machines do not march in step.
    pub backoff: Duration,
}

impl Default for Pace {
    /// 10 s, 20 s, 10 minutes, 3 attempts, half a second.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            total: Duration::from_secs(600),
            attempts: 3,
            backoff: Duration::from_millis(500),
        }
    }
}

/// Which proxies are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxies {
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[default]
    Environment,
    /// None.
    Direct,
}
