//! One file from the first mirror that has it.

use super::attempt::{Attempt, Pieces};
use super::client::Client;
use super::partial::Partial;
use super::verify::{Stored, verify};
use super::{Download, Event, Next, Trouble};
use crate::pinned::PinnedFile;
use crate::place::name_it;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::time::Duration;

/// Tries every mirror, each `attempts` times where trying again can help. The error is fatal: this machine's disk.
/// `Ok(Err(..))` lists each mirror with its last trouble.
pub(super) fn bring(
    request: &Download<'_>,
    client: &Client,
    file: &PinnedFile<'_>,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<Result<PathBuf, Vec<String>>, Trouble> {
    let addresses = request.addresses(file);
    let part = Partial::download(&request.to, file.name);
    let mut tried = Vec::new();
    for (m, url) in addresses.iter().enumerate() {
        let attempt = Attempt { client, pace: request.pace, file: file.name, url, cap: file.most() };
        let mut k = 0;
        loop {
            k += 1;
            let trouble =
                match attempt.run(&part, tell).and_then(|pieces| settle(request, &part, file, pieces)) {
                    Ok(path) => {
                        tell(Event::Stored { file: file.name, path: &path });
                        return Ok(Ok(path));
                    }
                    Err(fatal @ Trouble::Disk { .. }) => return Err(fatal),
                    Err(trouble) => trouble,
                };
            let again = trouble.may_pass() && k < request.pace.attempts;
            let next = match (again, m + 1 < addresses.len()) {
                (true, _) => Next::Retry(pause(request.pace.backoff, k)),
                (false, true) => Next::Mirror,
                (false, false) => Next::GiveUp,
            };
            tell(Event::Failed { file: file.name, url, trouble: &trouble, next });
            match next {
                Next::Retry(pause) => std::thread::sleep(pause),
                _ => {
                    tried.push(format!("{url}: {trouble}"));
                    break;
                }
            }
        }
    }
    Ok(Err(tried))
}

/// Checks what arrived and gives it its name; what is wrong is removed.
fn settle(
    request: &Download<'_>,
    part: &Partial,
    file: &PinnedFile<'_>,
    pieces: Pieces,
) -> Result<PathBuf, Trouble> {
    match verify(part.path(), file) {
        Ok(stored) => {
            // A server or proxy may unpack on the way; the name says what is in the file.
            let ending = if stored == Stored::Gzip { ".gz" } else { "" };
            let path = request.to.join(format!("{}{ending}", file.name));
            name_it(part.path(), &path).map_err(Trouble::disk(&path))?;
            part.close();
            Ok(path)
        }
        Err(disk @ Trouble::Disk { .. }) => Err(disk),
        Err(trouble) => {
            part.discard();
            // Two pieces may not belong together, however the server swore; the whole deserves another attempt.
            Err(if pieces == Pieces::Several {
                Trouble::Packing(format!("two pieces do not fit: {trouble}"))
            } else {
                trouble
            })
        }
    }
}

/// `backoff · 2^(k − 1)`, varied by half.
fn pause(backoff: Duration, k: u32) -> Duration {
    // The standard library's hash seeds are the one source of chance that needs no crate; nothing but this pause hangs on it.
    let chance = (RandomState::new().build_hasher().finish() >> 11) as f64 / (1u64 << 53) as f64;
    backoff.saturating_mul(1 << (k - 1).min(6)).mul_f64(0.5 + chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_vary() {
        let b = Duration::from_millis(100);
        for k in 1..5 {
            let (lo, hi) = (b * (1 << (k - 1)) / 2, b * (1 << (k - 1)) * 3 / 2);
            let pauses: Vec<Duration> = (0..20).map(|_| pause(b, k)).collect();
            assert!(pauses.iter().all(|p| (lo..=hi).contains(p)));
            assert!(pauses.iter().any(|p| *p != pauses[0]));
        }
    }
}
