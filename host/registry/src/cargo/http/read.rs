//! Values of other types than text, from trusted layers alone.

use lockgate_core::Secret;

use super::CargoHttpError;
use crate::cargo::schema::{look_up, wrong};
use crate::cargo::value::{Entry, Value};
use crate::cargo::{CargoConfig, Definition, TypeError};

/// What counts for a key.
pub(super) enum Said<'a> {
    Variable(&'a str, String),
    Entry(&'a Entry),
}

impl CargoConfig {
    /// What counts for a key: the command line, else a variable, else a file.
    pub(super) fn said(&self, key: &[&str]) -> Result<Option<Said<'_>>, TypeError> {
        let entry = look_up(&self.trusted, key)?;
        let variable = self.environment.get(key);
        Ok(match (variable, entry) {
            (_, Some(entry)) if entry.definition.outranks_variables() => Some(Said::Entry(entry)),
            (Some((text, defined)), _) => match defined {
                Definition::Environment(name) => Some(Said::Variable(text, name)),
                _ => None,
            },
            (None, entry) => entry.map(Said::Entry),
        })
    }

    pub(super) fn number(&self, key: &[&str]) -> Result<Option<u64>, CargoHttpError> {
        match self.said(key)? {
            None => Ok(None),
            Some(Said::Variable(text, variable)) => {
                let expected = "a whole number";
                let number = text.parse().map(Some);
                number.map_err(|_| CargoHttpError::Variable { variable, expected })
            }
            Some(Said::Entry(entry)) => match entry.value {
                Value::Integer(number) => {
                    let (key, defined) = (key.join("."), entry.definition.clone());
                    let negative = |_| CargoHttpError::Negative { key, defined };
                    u64::try_from(number).map(Some).map_err(negative)
                }
                _ => Err(wrong(key, "an integer", entry).into()),
            },
        }
    }

    pub(super) fn flag(&self, key: &[&str]) -> Result<Option<bool>, CargoHttpError> {
        match self.said(key)? {
            None => Ok(None),
            Some(Said::Variable(text, variable)) => {
                let expected = "`true` or `false`";
                let flag = text.parse().map(Some);
                flag.map_err(|_| CargoHttpError::Variable { variable, expected })
            }
            Some(Said::Entry(entry)) => match entry.value {
                Value::Boolean(flag) => Ok(Some(flag)),
                _ => Err(wrong(key, "a boolean", entry).into()),
            },
        }
    }

    /// A text that may have a secret in it, whose variable is `variable`.
    pub(super) fn secret_text(
        &self,
        key: &[&str],
        variable: &str,
    ) -> Result<Option<(Secret, Definition)>, TypeError> {
        let entry = look_up(&self.trusted, key)?;
        let set = self.environment.proxy(variable);
        match (set, entry) {
            (Some(set), entry)
                if !entry.is_some_and(|entry| entry.definition.outranks_variables()) =>
            {
                Ok(Some((set.clone(), Definition::Environment(variable.to_owned()))))
            }
            (_, None) => Ok(None),
            (_, Some(entry)) => {
                let secret = entry.secret().ok_or_else(|| wrong(key, "a string", entry))?;
                Ok(Some((secret.clone(), entry.definition.clone())))
            }
        }
    }
}
