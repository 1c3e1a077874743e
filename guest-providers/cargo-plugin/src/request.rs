//! What is asked, as cargo writes it.

use alloc::borrow::ToOwned;
use alloc::string::String;

use lockgate_provider::{Artifact, Purpose, Registry};

use crate::json::{push_field, push_list, push_string};

/// What the program is to do.
pub(crate) enum Action<'a> {
    Get(&'a Purpose),
    Login { token: bool, link: Option<&'a str> },
    Logout,
}

/// The request, a line, in two texts: between them stands the token of a login.
pub(crate) fn message(
    registry: &Registry,
    action: &Action<'_>,
    words: &[String],
) -> (String, String) {
    let mut start = head(registry);
    let mut end = String::new();
    match action {
        Action::Get(purpose) => {
            push_field(&mut start, "kind", "get");
            push_purpose(&mut start, purpose);
        }
        Action::Login { token, link } => {
            push_field(&mut start, "kind", "login");
            if *token {
                start.push_str(",\"token\":\"");
                end.push('"');
            }
            if let Some(link) = link {
                push_field(&mut end, "login-url", link);
            }
        }
        Action::Logout => push_field(&mut start, "kind", "logout"),
    }
    push_list(&mut end, "args", words.iter().map(String::as_str));
    end.push_str("}\n");
    (start, end)
}

fn head(registry: &Registry) -> String {
    let mut text = r#"{"v":1,"registry":{"index-url":"#.to_owned();
    push_string(&mut text, &registry.url);
    if let Some(name) = &registry.name {
        push_field(&mut text, "name", name);
    }
    // Of the headers of the server's refusal there are the challenges only.
    let headers =
        registry.challenges.iter().map(|challenge| "WWW-Authenticate: ".to_owned() + challenge);
    let headers: alloc::vec::Vec<String> = headers.collect();
    push_list(&mut text, "headers", headers.iter().map(String::as_str));
    text.push('}');
    text
}

fn push_purpose(text: &mut String, purpose: &Purpose) {
    let mut operation = |name: &str| push_field(text, "operation", name);
    match purpose {
        Purpose::Read => operation("read"),
        Purpose::Publish(artifact) => {
            operation("publish");
            push_artifact(text, artifact);
        }
        Purpose::Yank(artifact) => {
            operation("yank");
            push_artifact(text, artifact);
        }
        Purpose::Unyank(artifact) => {
            operation("unyank");
            push_artifact(text, artifact);
        }
        Purpose::Owners(name) => {
            operation("owners");
            push_field(text, "name", name);
        }
        Purpose::Other(name) => operation(name),
    }
}

fn push_artifact(text: &mut String, artifact: &Artifact) {
    push_field(text, "name", &artifact.name);
    push_field(text, "vers", &artifact.version);
    if let Some(checksum) = &artifact.checksum {
        push_field(text, "cksum", checksum);
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, message};
    use lockgate_provider::{Artifact, Purpose, Registry};

    fn registry(name: Option<&str>, challenges: &[&str]) -> Registry {
        Registry {
            ecosystem: "cargo".into(),
            url: "sparse+https://h/i/".into(),
            name: name.map(String::from),
            challenges: challenges.iter().map(|&text| text.into()).collect(),
        }
    }

    #[test]
    fn a_read_is_asked_for_as_cargo_asks() {
        let registry = registry(Some("corp"), &["Cargo login_url=\"https://h/me\""]);
        let (start, end) = message(&registry, &Action::Get(&Purpose::Read), &["a b".into()]);
        assert_eq!(
            start + &end,
            "{\"v\":1,\"registry\":{\"index-url\":\"sparse+https://h/i/\",\"name\":\"corp\",\
             \"headers\":[\"WWW-Authenticate: Cargo login_url=\\\"https://h/me\\\"\"]},\
             \"kind\":\"get\",\"operation\":\"read\",\"args\":[\"a b\"]}\n"
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let (start, end) = message(&registry(None, &[]), &Action::Logout, &[]);
        assert_eq!(
            start + &end,
            "{\"v\":1,\"registry\":{\"index-url\":\"sparse+https://h/i/\"},\"kind\":\"logout\"}\n"
        );
    }

    #[test]
    fn an_artifact_stands_beside_the_kind() {
        let checksum = Some("00ff".into());
        let artifact = Artifact { name: "x".into(), version: "1.0.0".into(), checksum };
        let purpose = Purpose::Publish(artifact);
        let (start, _) = message(&registry(None, &[]), &Action::Get(&purpose), &[]);
        let asked =
            "\"operation\":\"publish\",\"name\":\"x\",\"vers\":\"1.0.0\",\"cksum\":\"00ff\"";
        assert!(start.ends_with(asked), "{start}");
    }

    #[test]
    fn the_token_of_a_login_stands_between_the_two_texts() {
        let link = Some("https://h/me");
        let action = Action::Login { token: true, link };
        let (start, end) = message(&registry(None, &[]), &action, &[]);
        assert!(start.ends_with("\"kind\":\"login\",\"token\":\""), "{start}");
        assert_eq!(end, "\",\"login-url\":\"https://h/me\"}\n");
        let action = Action::Login { token: false, link: None };
        let (start, end) = message(&registry(None, &[]), &action, &[]);
        assert!(start.ends_with("\"kind\":\"login\"") && end == "}\n", "{start}{end}");
    }
}
