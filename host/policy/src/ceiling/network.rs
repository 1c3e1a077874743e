//! `[http]`: how the requests of providers travel, whatever the user's own configuration says.

use std::path::{Path, PathBuf};

use lockgate_core::{HttpTable, NoProxy, ProxyChoice, ProxySetting, Secret};

use crate::error::{PolicyError, Problem};
use crate::reader::{Fields, Keys, Node};

const KEYS: Keys = Keys { known: &["proxy", "no-proxy", "ca-file"], later: &[] };

/// The table; `None` if there is none. An empty one says something too: directly.
pub(super) fn read(root: &Fields<'_>) -> Result<Option<HttpTable>, PolicyError> {
    let Some(fields) = root.get("http").map(|node| node.fields(&KEYS)).transpose()? else {
        return Ok(None);
    };
    let proxy = fields.get("proxy").map(|node| proxy(&node)).transpose()?;
    let no_proxy = fields.get("no-proxy");
    if let (None, Some(no_proxy)) = (&proxy, &no_proxy) {
        let reason = "stands without `proxy`";
        return Err(no_proxy.error(Problem::value("no-proxy", reason)));
    }
    Ok(Some(HttpTable {
        proxy,
        no_proxy: no_proxy.map(|node| hosts(&node)).transpose()?.unwrap_or_default(),
        ca_file: fields.get("ca-file").map(|node| ca_file(&node)).transpose()?,
    }))
}

fn proxy(node: &Node<'_>) -> Result<ProxyChoice, PolicyError> {
    let text = node.text()?;
    if text == "environment" {
        return Ok(ProxyChoice::Environment);
    }
    let setting = ProxySetting::new(&Secret::from(text), node.place().to_string());
    match &setting.proxy {
        Ok(proxy) if proxy.login.is_some() => Err(node.error(Problem::ProxyLogin)),
        Ok(_) => Ok(ProxyChoice::Named(setting)),
        Err(error) => Err(node.error(Problem::Proxy(error.clone()))),
    }
}

fn hosts(node: &Node<'_>) -> Result<NoProxy, PolicyError> {
    let mut hosts = NoProxy::default();
    for node in node.list()? {
        let read = NoProxy::of_entries([node.text()?]);
        hosts = hosts.and(read.map_err(|error| node.error(Problem::NoProxy(error)))?);
    }
    Ok(hosts)
}

fn ca_file(node: &Node<'_>) -> Result<PathBuf, PolicyError> {
    let path = node.text()?;
    match Path::new(path).is_absolute() {
        true => Ok(PathBuf::from(path)),
        false => Err(node.error(Problem::value(path, "is no absolute path"))),
    }
}
