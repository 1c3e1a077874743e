//! Who may be given a registry's credentials in its place: the token server that its challenge names.

use url::{Host, Url};

use crate::endpoint::is_this_machine;

/// Domains below which names, at whatever depth, belong to different people: those of clouds, of other
/// people's programs and pages, and of addresses written as names. Below them only the very host is the
/// registry's own. The whole list is long and changes; what is missing here still has to be reached over
/// https, and is the registry's own choice.
const SHARED: [&str; 101] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazoncognito.com",
    "amplifyapp.com",
    "appdomain.cloud",
    "appspot.com",
    "awsapprunner.com",
    "azure-api.net",
    "azure.cn",
    "azure.com",
    "azurecontainerapps.io",
    "azurecr.io",
    "azureedge.net",
    "azurefd.net",
    "azurestaticapps.net",
    "azurewebsites.net",
    "bitbucket.io",
    "chinacloudapi.cn",
    "cleverapps.io",
    "cloudapp.net",
    "cloudflarestorage.com",
    "cloudfront.net",
    "cloudfunctions.net",
    "co.com",
    "codeberg.page",
    "ddns.net",
    "de.com",
    "deno.dev",
    "digitaloceanspaces.com",
    "duckdns.org",
    "elasticbeanstalk.com",
    "eu.com",
    "eu.org",
    "fc.aliyuncs.com",
    "fcapp.run",
    "firebaseapp.com",
    "fly.dev",
    "freemyip.com",
    "gb.net",
    "github.dev",
    "github.io",
    "gitlab.io",
    "gitpod.io",
    "glitch.me",
    "googleapis.com",
    "googleusercontent.com",
    "herokuapp.com",
    "hopto.org",
    "hosting.ovh.net",
    "jfrog.io",
    "koyeb.app",
    "lhr.life",
    "linodeobjects.com",
    "linodeusercontent.com",
    "loca.lt",
    "localto.net",
    "myds.me",
    "myhuaweicloud.com",
    "myqcloud.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "nip.io",
    "no-ip.org",
    "on.aws",
    "ondigitalocean.app",
    "onrender.com",
    "openshiftapps.com",
    "oraclecloud.com",
    "oraclecloudapps.com",
    "pages.dev",
    "platformsh.site",
    "r2.dev",
    "railway.app",
    "readthedocs.io",
    "repl.co",
    "replit.app",
    "replit.dev",
    "run.app",
    "scw.cloud",
    "serveo.net",
    "sslip.io",
    "surge.sh",
    "synology.me",
    "traefik.me",
    "trafficmanager.net",
    "trycloudflare.com",
    "ts.net",
    "uk.com",
    "us.com",
    "vercel.app",
    "web.app",
    "windows.net",
    "workers.dev",
    "xip.io",
    "yandexcloud.net",
    "your-server.de",
    "zapto.org",
];
/// Longest label before that of a country that is taken for a part of the country's (`co`, `com`).
const SHORT_LABEL: usize = 3;
/// Longer ones that are. A company of such a name is refused as well, and can be allowed.
const COUNTRYS_LABELS: [&str; 17] = [
    "asso",
    "club",
    "coop",
    "firm",
    "gouv",
    "govt",
    "health",
    "info",
    "kiwi",
    "maori",
    "name",
    "parliament",
    "police",
    "presse",
    "priv",
    "school",
    "store",
];

/// Why a token server gets no credentials.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RealmError {
    /// A challenge without one, in docker's words.
    #[error("no realm specified for token auth challenge")]
    Missing,
    /// One that is no address.
    #[error(
        "the registry sends logins on to an address that is none ({0}); no password was sent there"
    )]
    NotAUrl(url::ParseError),
    /// A user in it, or another scheme.
    #[error(
        "the registry sends logins on to `{0}`, which is no address of https; no password was sent"
    )]
    Scheme(String),
    /// Not encrypted.
    #[error(
        "the registry sends logins on to `{0}` over plain http, where everybody on the way could read the password; none was sent"
    )]
    Plain(String),
    /// Somebody else's.
    #[error(
        "the registry sends logins on to `{0}`, which is not of its own domain; no password was sent there. If that is right, say so with `--allow-realm {0}`"
    )]
    Elsewhere(String),
}

/// Whether a registry's credentials may go to this token server: one of the same domain, over https, or
/// one that the person allowed. A registry on this machine that is asked over http may name another
/// port of this machine.
pub(crate) fn check(registry: &Url, realm: &Url, allowed: &[Url]) -> Result<(), RealmError> {
    let shown = realm.origin().ascii_serialization();
    if !realm.username().is_empty() || realm.password().is_some() {
        return Err(RealmError::Scheme(shown));
    }
    match realm.scheme() {
        "https" => {}
        "http" if registry.scheme() == "http" && is_this_machine(realm) => return Ok(()),
        "http" => return Err(RealmError::Plain(shown)),
        _ => return Err(RealmError::Scheme(shown)),
    }
    let is_allowed = allowed.iter().any(|url| url.origin() == realm.origin());
    match is_allowed || is_same_site(registry, realm) {
        true => Ok(()),
        false => Err(RealmError::Elsewhere(shown)),
    }
}

fn is_same_site(registry: &Url, realm: &Url) -> bool {
    match (registry.host(), realm.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other))) => {
            one == other
                || !is_shared(other) && domain(one).is_some_and(|own| domain(other) == Some(own))
        }
        (one, other) => one.is_some() && one == other,
    }
}

/// The part of a name that somebody registered, as far as that can be known without the list of all
/// such domains; none for a name that has no such part.
fn domain(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = |count: usize| {
        let mut dots = name.rmatch_indices('.').map(|(at, _)| at + 1);
        match dots.nth(count - 1) {
            Some(start) => name.get(start..),
            None => (name.split('.').count() == count).then_some(name),
        }
    };
    let two = last(2)?;
    let (label, top) = two.split_once('.')?;
    let is_countrys_label = label.len() <= SHORT_LABEL || COUNTRYS_LABELS.contains(&label);
    match top.len() == 2 && is_countrys_label {
        true => last(3),
        false => Some(two),
    }
}

fn is_shared(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_at_or_below = |base: &str| {
        name.strip_suffix(base).is_some_and(|left| left.is_empty() || left.ends_with('.'))
    };
    SHARED.into_iter().any(is_at_or_below)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{RealmError, check};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_registry_may_send_logins_to_its_own_domain() {
        for (registry, realm) in [
            ("https://ghcr.io/", "https://ghcr.io/token"),
            ("https://registry-1.docker.io/", "https://auth.docker.io/token"),
            ("https://registry.gitlab.com/", "https://gitlab.com/jwt/auth"),
            ("https://registry.corp.co.uk/", "https://sso.corp.co.uk/"),
            ("https://r.example:5000/", "https://r.example/token"),
            ("https://corp.example/", "https://sso.eu.corp.example/"),
            ("https://r.ministere.gouv.fr/", "https://sso.ministere.gouv.fr/"),
            ("https://a.azurecr.io/", "https://a.azurecr.io/oauth2/token"),
            ("https://a.jfrog.io/", "https://a.jfrog.io/artifactory/api/docker/token"),
            ("https://a.b.run.app/", "https://a.b.run.app/token"),
            ("https://10.0.0.1:5000/", "https://10.0.0.1:5001/token"),
            ("http://127.0.0.1:5000/", "http://127.0.0.1:5001/token"),
            ("http://localhost:5000/", "http://127.0.0.1:5001/token"),
        ] {
            assert_eq!(check(&url(registry), &url(realm), &[]), Ok(()), "{registry} {realm}");
        }
    }

    /// What was taken for one domain although its names belong to different people.
    #[test]
    fn another_customer_of_the_same_cloud_is_somebody_else() {
        for (registry, realm) in [
            (
                "https://1.dkr.ecr.us-east-1.amazonaws.com/",
                "https://evil.execute-api.us-east-1.amazonaws.com/t",
            ),
            ("https://1.dkr.ecr.eu-west-1.amazonaws.com/", "https://evil.s3.amazonaws.com/t"),
            ("https://r-abc-uc.a.run.app/", "https://evil-xyz-uc.a.run.app/t"),
            ("https://r-abc-uc.a.run.app/", "https://a.run.app/t"),
            ("https://r.eastus.cloudapp.azure.com/", "https://evil.eastus.cloudapp.azure.com/t"),
            ("https://a.blob.core.windows.net/", "https://evil.blob.core.windows.net/t"),
            ("https://a.cloudapp.net/", "https://evil.cloudapp.net/t"),
            ("https://r.10.0.0.1.nip.io/", "https://r.6.6.6.6.nip.io/t"),
            ("https://10-0-0-1.sslip.io/", "https://6-6-6-6.sslip.io/t"),
            ("https://corp.jfrog.io/", "https://evil.jfrog.io/t"),
            ("https://r.ministere.gouv.fr/", "https://evil.gouv.fr/t"),
            ("https://r.health.govt.nz/", "https://evil.govt.nz/t"),
            ("https://r.school.nz/", "https://evil.school.nz./t"),
            ("https://github.io/", "https://evil.github.io/t"),
        ] {
            let refused = check(&url(registry), &url(realm), &[]);
            assert!(matches!(refused, Err(RealmError::Elsewhere(_))), "{registry} {realm}");
            assert_eq!(check(&url(registry), &url(realm), &[url(realm)]), Ok(()), "{realm}");
        }
    }

    #[test]
    fn nobody_elses_server_gets_a_password_unless_it_is_allowed() {
        for (registry, realm) in [
            ("https://ghcr.io/", "https://evil.example/token"),
            ("https://ghcr.io/", "https://ghcr.io.evil.example/token"),
            ("https://registry.corp.co.uk/", "https://evil.co.uk/token"),
            ("https://a.azurecr.io/", "https://b.azurecr.io/token"),
            ("https://a.github.io/", "https://b.github.io/token"),
            ("https://10.0.0.1/", "https://10.0.0.2/token"),
            ("https://a.example/", "https://169.254.169.254/token"),
            ("http://localhost:5000/", "https://evil.example/token"),
            ("https://localhost:5000/", "https://a.localhost.evil/token"),
            ("https://com/", "https://example.com/"),
        ] {
            let (registry, realm) = (url(registry), url(realm));
            let shown = realm.origin().ascii_serialization();
            let refused = Err(RealmError::Elsewhere(shown.clone()));
            assert_eq!(check(&registry, &realm, &[]), refused, "{registry} {realm}");
            assert_eq!(check(&registry, &realm, &[url(&shown)]), Ok(()), "{registry} {realm}");
        }
    }

    #[test]
    fn a_password_goes_over_plain_http_to_this_machine_alone() {
        for (registry, realm) in [
            ("https://ghcr.io/", "http://ghcr.io/token"),
            ("http://127.0.0.1:5000/", "http://evil.example/token"),
            ("https://127.0.0.1:5000/", "http://127.0.0.1:5001/token"),
        ] {
            let (registry, realm) = (url(registry), url(realm));
            let refused = check(&registry, &realm, std::slice::from_ref(&realm));
            assert!(matches!(refused, Err(RealmError::Plain(_))), "{registry} {realm}");
        }
        for realm in ["https://u:p@ghcr.io/token", "ftp://ghcr.io/", "file:///etc/passwd"] {
            let refused = check(&url("https://ghcr.io/"), &url(realm), &[]);
            assert!(matches!(refused, Err(RealmError::Scheme(_))), "{realm}");
        }
    }
}
