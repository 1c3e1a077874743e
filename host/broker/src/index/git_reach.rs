//! How git reaches a server: as every request for the index does, by the settings in force.

use lockgate_core::{Authorities, Proxy};
use lockgate_index::{Reach, Through};
use url::Url;
use zeroize::Zeroizing;

use super::Asked;
use crate::failed::{Failed, chain_of};

/// The variable of git's that has the address of a proxy with its password.
pub(super) const PROXY: &str = "LOCKGATE_GIT_PROXY";

impl Asked<'_> {
    /// How the server is reached to which git says that it goes.
    ///
    /// # Errors
    /// If that would be through a proxy that cannot be used.
    pub(super) fn reach(&self, url: &Url) -> Result<Reach, Failed> {
        if !matches!(url.scheme(), "https" | "http") {
            return Ok(Reach::default());
        }
        let settings = &self.http.settings;
        let proxy = settings.proxies.proxy_for(url).map_err(|error| chain_of(&error))?;
        let through = match proxy {
            Some(proxy) if proxy.login.is_some() => Through::Variable(PROXY),
            Some(proxy) => Through::Address(proxy.to_string()),
            None if self.is_reached_as_administrator_says() => Through::Nothing,
            None => Through::Gits,
        };
        let of_proxy = settings.proxy_authorities.as_ref().unwrap_or(&settings.authorities);
        Ok(Reach {
            through,
            authorities: file(&settings.authorities),
            proxy_authorities: file(of_proxy),
        })
    }

    /// The address of the proxy that wants a password, if there is one. Where two do, that for https:
    /// over http only this machine is asked.
    pub(super) fn proxy_with_password(&self) -> Option<Zeroizing<Vec<u8>>> {
        let proxies = self.http.settings.proxies.settings();
        proxies.flat_map(|setting| &setting.proxy).find_map(address_with_password)
    }

    /// Whether neither a variable nor git's own configuration names another way.
    pub(super) fn is_reached_as_administrator_says(&self) -> bool {
        self.broker.context().machine.ceiling.http().is_some()
    }
}

fn file(authorities: &Authorities) -> Option<std::path::PathBuf> {
    match authorities {
        Authorities::System => None,
        Authorities::Only(file) | Authorities::SystemAnd(file) => Some(file.clone()),
    }
}

fn address_with_password(proxy: &Proxy) -> Option<Zeroizing<Vec<u8>>> {
    let login = proxy.login.as_ref()?.expose_text()?;
    let (user, password) = login.split_once(':')?;
    let mut encoded = Url::parse("http://x").ok()?;
    encoded.set_username(user).ok()?;
    encoded.set_password(Some(password)).ok()?;
    let address = proxy.to_string();
    let (scheme, server) = address.split_once("://")?;
    let password = encoded.password().unwrap_or_default();
    let text = format!("{scheme}://{}:{password}@{server}", encoded.username());
    drop(Zeroizing::new(String::from(encoded)));
    Some(Zeroizing::new(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use lockgate_core::Proxy;

    use super::address_with_password;

    #[test]
    fn an_address_with_its_password_means_the_same_proxy() {
        for (text, expected) in [
            ("http://u:p@proxy:80", Some("http://u:p@proxy:80")),
            ("https://u%40x:p%3A%2F%25@proxy:3128", Some("https://u%40x:p%3A%2F%25@proxy:3128")),
            ("u@proxy", Some("http://u:@proxy:1080")),
            ("http://proxy:80", None),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            let Some(found) = address_with_password(&proxy) else {
                assert_eq!(expected, None);
                continue;
            };
            let again = Proxy::parse(std::str::from_utf8(&found).unwrap()).unwrap();
            let login = |proxy: &Proxy| proxy.login.as_ref().unwrap().expose().to_vec();
            assert_eq!((login(&again), again.to_string()), (login(&proxy), proxy.to_string()));
            assert!(expected.is_some(), "{text}");
        }
    }
}
