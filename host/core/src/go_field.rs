//! The names of JSON's fields, as programs in Go read them.

/// Whether docker and its kin take a key of JSON for the field of this name. Go reads it in letters of any
/// case, of which `ſ` and the sign `K` of Kelvin are two.
#[must_use]
pub fn is_go_field(key: &str, name: &str) -> bool {
    let folded = |character: char| match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    key.chars().map(folded).eq(name.chars().map(folded))
}

#[cfg(test)]
mod tests {
    use super::is_go_field;

    /// Each of these is what docker 28.2.2 reads in its `config.json`.
    #[test]
    fn a_field_is_known_in_letters_of_any_case() {
        for key in ["credsStore", "CREDSSTORE", "cred\u{17f}Store", "CREDSSTORe"] {
            assert!(is_go_field(key, "credsStore"), "{key}");
        }
        assert!(is_go_field("identityto\u{212a}en", "identitytoken"));
        for other in ["credStore", "credsStore ", "creds\u{df}tore", "", "cr\u{e9}dsStore"] {
            assert!(!is_go_field(other, "credsStore"), "{other}");
        }
    }
}
