//! `http.ssl-version`: one version that is the least, or a table of the least and the most.

use lockgate_core::TlsVersions;

use super::CargoHttpError;
use super::read::Said;
use crate::cargo::schema::{text, wrong};
use crate::cargo::value::{Entry, Value};
use crate::cargo::{CargoConfig, Definition};

const KEY: [&str; 2] = ["http", "ssl-version"];

/// The versions that cargo knows, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    Older,
    Tls12,
    Tls13,
}

impl CargoConfig {
    pub(super) fn tls_versions(&self) -> Result<TlsVersions, CargoHttpError> {
        match self.said(&KEY)? {
            None => Ok(TlsVersions::Both),
            Some(Said::Variable(least, variable)) => {
                between(Some(least), None, Definition::Environment(variable))
            }
            Some(Said::Entry(entry)) => match &entry.value {
                Value::Text(least) => between(Some(least), None, entry.definition.clone()),
                Value::Table(table) => {
                    let (least, most) = (text(table, &["min"])?, text(table, &["max"])?);
                    let (least, most) = (least.and_then(Entry::text), most.and_then(Entry::text));
                    between(least, most, entry.definition.clone())
                }
                _ => Err(wrong(&KEY, "a string or a table", entry).into()),
            },
        }
    }
}

fn between(
    least: Option<&str>,
    most: Option<&str>,
    defined: Definition,
) -> Result<TlsVersions, CargoHttpError> {
    let least = least.map(parse).transpose()?.flatten().unwrap_or(Version::Older);
    let most = most.map(parse).transpose()?.flatten().unwrap_or(Version::Tls13);
    let is_spoken = |version| least <= version && version <= most;
    match (is_spoken(Version::Tls12), is_spoken(Version::Tls13)) {
        (true, true) => Ok(TlsVersions::Both),
        (true, false) => Ok(TlsVersions::Only12),
        (false, true) => Ok(TlsVersions::Only13),
        (false, false) => Err(CargoHttpError::NoTlsVersion(defined)),
    }
}

/// `None` is the default.
fn parse(text: &str) -> Result<Option<Version>, CargoHttpError> {
    match text {
        "default" => Ok(None),
        "tlsv1" | "tlsv1.0" | "tlsv1.1" => Ok(Some(Version::Older)),
        "tlsv1.2" => Ok(Some(Version::Tls12)),
        "tlsv1.3" => Ok(Some(Version::Tls13)),
        _ => Err(CargoHttpError::TlsVersion(text.to_owned())),
    }
}
