//! Where a registry's answer may send a request on to.

use url::Url;

/// The address behind a redirection; `None` if the answer is none.
pub fn redirect_target(from: &Url, status: u16, location: Option<&str>) -> Option<Url> {
    let is_redirection = matches!(status, 301 | 302 | 303 | 307 | 308);
    let mut target = from.join(location.filter(|_| is_redirection)?).ok()?;
    target.set_fragment(None);
    Some(target)
}

/// Whether both are the same server by the same name: who may see the token of one may see it at the
/// other.
pub fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{redirect_target, same_origin};

    #[test]
    fn a_location_is_read_from_where_it_was_sent() {
        let from = Url::parse("https://h.example/i/config.json").unwrap();
        let to = |status, location| redirect_target(&from, status, location).map(String::from);
        assert_eq!(to(302, Some("/j#x")).as_deref(), Some("https://h.example/j"));
        assert_eq!(to(308, Some("//o.example/")).as_deref(), Some("https://o.example/"));
        assert_eq!(to(302, None), None);
        assert_eq!(to(200, Some("/j")), None);
        assert_eq!(to(304, Some("/j")), None);
    }

    #[test]
    fn another_scheme_host_or_port_is_another_origin() {
        let url = |text: &str| Url::parse(text).unwrap();
        let own = url("https://h.example/i/");
        assert!(same_origin(&own, &url("https://h.example:443/else")));
        for other in ["http://h.example/", "https://h.example:8443/", "https://x.h.example/"] {
            assert!(!same_origin(&own, &url(other)), "{other}");
        }
    }
}
