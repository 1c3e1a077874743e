//! `[http]`: how the requests of providers travel.

use std::path::{Path, PathBuf};

use lockgate_core::{HttpTable, NoProxy, ProxyChoice, ProxySetting, Secret};
use toml_edit::{Item, Key, TableLike};

use super::{Reader, pairs};
use crate::SourceError;

/// Most entries of `no-proxy`.
const MAX_ENTRIES: usize = 1024;

impl Reader<'_> {
    pub(super) fn http(&self, table: &dyn TableLike) -> Result<HttpTable, SourceError> {
        let mut http = HttpTable::default();
        for (key, item) in pairs(table) {
            match key.get() {
                "proxy" => http.proxy = Some(self.proxy(key, item)?),
                "no-proxy" => http.no_proxy = self.no_proxy(key, item)?,
                "ca-file" => http.ca_file = Some(self.ca_file(key, item)?),
                _ => return Err(self.unknown(key, "`proxy`, `no-proxy` and `ca-file`")),
            }
        }
        match table.key("no-proxy") {
            Some(key) if http.proxy.is_none() => {
                Err(self.source.error(key.span(), "`no-proxy` stands without `proxy`".to_owned()))
            }
            _ => Ok(http),
        }
    }

    fn proxy(&self, key: &Key, item: &Item) -> Result<ProxyChoice, SourceError> {
        let text = self.string(key, item)?;
        if text == "environment" {
            return Ok(ProxyChoice::Environment);
        }
        let setting = ProxySetting::new(&Secret::from(text), self.source.place(key.span()));
        match &setting.proxy {
            Ok(_) => Ok(ProxyChoice::Named(setting)),
            Err(error) => Err(self.refusal(key, item, format!("this is no proxy: {error}"))),
        }
    }

    fn no_proxy(&self, key: &Key, item: &Item) -> Result<NoProxy, SourceError> {
        let list = item.as_array().filter(|list| list.len() <= MAX_ENTRIES);
        let list = list.ok_or_else(|| {
            let message = format!("`no-proxy` must be a list of at most {MAX_ENTRIES} hosts");
            self.refusal(key, item, message)
        })?;
        let mut hosts = NoProxy::default();
        for element in list {
            let read = NoProxy::of_entries(element.as_str().or(Some("")));
            let refused = |error: lockgate_core::NoProxyError| {
                self.source.error(element.span(), error.to_string())
            };
            hosts = hosts.and(read.map_err(refused)?);
        }
        Ok(hosts)
    }

    fn ca_file(&self, key: &Key, item: &Item) -> Result<PathBuf, SourceError> {
        let path = Path::new(self.string(key, item)?);
        match path.is_absolute() {
            true => Ok(path.to_owned()),
            false => Err(self.refusal(key, item, "this must be an absolute path".to_owned())),
        }
    }

    fn string<'t>(&self, key: &Key, item: &'t Item) -> Result<&'t str, SourceError> {
        let message = || format!("`{}` must be a string in quotes", key.get());
        item.as_str().ok_or_else(|| self.refusal(key, item, message()))
    }

    fn refusal(&self, key: &Key, item: &Item, message: String) -> SourceError {
        self.source.error(item.span().or(key.span()), message)
    }
}
