//! One GET, redirects included.

use super::redirect;
use super::{Pace, Proxies, Trouble};
use std::time::{Duration, Instant};
use ureq::{Agent, Body, Proxy, Timeout, http::Response};

/// Connections, time-outs and proxies of one fetch.
pub(super) struct Client {
    agent: Agent,
    pace: Pace,
}

/// The rest of a file, if it has not changed.
pub(super) struct Resume {
    pub from: u64,
    pub validator: String,
    pub total: u64,
}

impl Client {
    pub fn new(pace: Pace, proxies: Proxies) -> Self {
        let proxy = match proxies {
            Proxies::Environment => Proxy::try_from_env(),
            Proxies::Direct => None,
        };
        let config = Agent::config_builder()
            .proxy(proxy)
            .http_status_as_error(false)
            // Followed by hand below: the rule about https is ours, and each hop keeps the headers.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(pace.connect))
            .timeout_connect(Some(pace.connect))
            .timeout_recv_response(Some(pace.idle))
            .timeout_per_read(Some(pace.idle))
            .user_agent(concat!("sparring-datasets/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), pace }
    }

    /// The answer to `GET url` after at most five redirects; any status but a redirect is the caller's.
    pub fn get(&self, url: &str, resume: Option<&Resume>, end: Instant) -> Result<Response<Body>, Trouble> {
        let mut url = url.to_string();
        for _ in 0..=redirect::MOST {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::Slow(self.pace.total));
            }
            let mut request = self.agent.get(&url).config().timeout_global(Some(left)).build();
            if let Some(r) = resume {
                request =
                    request.header("Range", format!("bytes={}-", r.from)).header("If-Range", &r.validator);
            }
            let response = request.call().map_err(|e| trouble(e, self.pace.total))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            url = redirect::next(&url, header(&response, "location").unwrap_or(""))?;
        }
        Err(Trouble::Redirects(redirect::MOST))
    }
}

/// A header as text.
pub(super) fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|v| v.to_str().ok())
}

/// The client's error in our words.
pub(super) fn trouble(error: ureq::Error, total: Duration) -> Trouble {
    match error {
        ureq::Error::Timeout(Timeout::Global | Timeout::PerCall) => Trouble::Slow(total),
        ureq::Error::Timeout(which) => Trouble::Silent(which.to_string()),
        ureq::Error::HostNotFound => Trouble::Network("the host was not found (no network?)".into()),
        other => Trouble::Network(other.to_string()),
    }
}
