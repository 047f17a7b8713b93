//! Where a redirect leads, and where it must not.

use super::Trouble;

/// Redirects followed for one file.
pub(super) const MOST: usize = 5;

/// The address that `location` means when it came from `url`; https never leads to http.
pub(super) fn next(url: &str, location: &str) -> Result<String, Trouble> {
    let refuse = || Trouble::Redirect(location.to_string());
    let (scheme, rest) = url.split_once("://").ok_or_else(refuse)?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let target = if location.contains("://") {
        location.to_string()
    } else if let Some(other_host) = location.strip_prefix("//") {
        format!("{scheme}://{other_host}")
    } else if location.starts_with('/') {
        format!("{scheme}://{}{location}", &rest[..host_end])
    } else if location.is_empty() {
        return Err(refuse());
    } else {
        let path = rest[host_end..].split(['?', '#']).next().unwrap_or("");
        let folder = path.rfind('/').map_or("", |i| &path[..i]);
        format!("{scheme}://{}{folder}/{location}", &rest[..host_end])
    };
    let low = target.to_ascii_lowercase();
    let safe =
        low.starts_with("https://") || (low.starts_with("http://") && !scheme.eq_ignore_ascii_case("https"));
    if safe { Ok(target) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn every_form_of_location() {
        let from = "https://a.org/x/y.gz?q=1";
        for (location, want) in [
            ("https://b.org/z", Some("https://b.org/z")),
            ("//b.org/z", Some("https://b.org/z")),
            ("/z", Some("https://a.org/z")),
            ("z.gz", Some("https://a.org/x/z.gz")),
            ("http://a.org/x/y.gz", None),
            ("HTTP://a.org/", None),
            ("ftp://a.org/", None),
            ("file:///etc/passwd", None),
            ("", None),
        ] {
            assert_eq!(next(from, location).ok().as_deref(), want, "{location}");
        }
        assert_eq!(next("http://a.org", "https://a.org/").unwrap(), "https://a.org/");
        assert_eq!(next("http://a.org", "z").unwrap(), "http://a.org/z");
    }
}
