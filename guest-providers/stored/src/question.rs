use alloc::string::String;

use lockgate_provider::Registry;

/// What a person is asked for at a login, in the words of cargo's own providers. Put together without
/// `format!`, whose code would be a good part of a component.
#[must_use]
pub fn question(registry: &Registry, link: Option<&str>) -> String {
    let (what, whose) = match (link, &registry.name) {
        (Some(link), _) => ("found on", link),
        (None, Some(name)) => ("for", name.as_str()),
        (None, None) => ("for", registry.url.as_str()),
    };
    ["please paste the token ", what, " ", whose, " below"].concat()
}

#[cfg(test)]
mod tests {
    use super::{Registry, question};

    #[test]
    fn asks_in_the_words_of_cargo() {
        let mut registry = Registry {
            ecosystem: "cargo".into(),
            url: "sparse+https://a/".into(),
            name: Some("corp".into()),
            challenges: alloc::vec::Vec::new(),
        };
        let link = "https://a/me";
        assert_eq!(
            question(&registry, Some(link)),
            "please paste the token found on https://a/me below"
        );
        assert_eq!(question(&registry, None), "please paste the token for corp below");
        registry.name = None;
        assert_eq!(question(&registry, None), "please paste the token for sparse+https://a/ below");
    }
}
