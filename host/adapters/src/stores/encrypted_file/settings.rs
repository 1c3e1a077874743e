//! What the configuration says of the store's key.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How long the store stays unlocked, if nothing else is said: a day at work.
const UNLOCKED_FOR: Duration = Duration::from_secs(8 * 60 * 60);
/// The longest that it may be said to: a week, as a machine that is never turned off would otherwise
/// never ask again.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const KEY_FILE: &str = "key-file";
const TIME: &str = "unlocked-for";

/// A parameter in the configuration that is not understood.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the setting `{name}` of `lockgate:encrypted-file` {what}")]
pub struct WrongSetting {
    name: &'static str,
    what: &'static str,
}

/// Where the key of the encrypted store comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncryptionKey {
    /// A file of Lockgate's own, which a passphrase opens.
    Passphrase {
        /// For how long the passphrase is not asked for again.
        unlocked_for: Duration,
    },
    /// A file of the user's, with an identity as `age-keygen` writes it.
    File(PathBuf),
}

impl EncryptionKey {
    /// As the settings of the provider `lockgate:encrypted-file` have it.
    ///
    /// # Errors
    /// If one of them is not known, or not understood.
    pub fn configured(settings: &BTreeMap<String, String>) -> Result<Self, WrongSetting> {
        let known = |name: &String| [KEY_FILE, TIME].contains(&name.as_str());
        if !settings.keys().all(known) {
            let (name, what) = ("settings", "may only be `key-file` and `unlocked-for`");
            return Err(WrongSetting { name, what });
        }
        let unlocked_for = settings.get(TIME).map_or(Ok(UNLOCKED_FOR), |text| time(text))?;
        match settings.get(KEY_FILE).map(PathBuf::from) {
            Some(path) if path.is_absolute() => Ok(Self::File(path)),
            Some(_) => Err(WrongSetting { name: KEY_FILE, what: "has to be an absolute path" }),
            None => Ok(Self::Passphrase { unlocked_for }),
        }
    }
}

fn time(text: &str) -> Result<Duration, WrongSetting> {
    let wrong = WrongSetting {
        name: TIME,
        what: "has to be a time of at most a week, such as `8h`, `30m` or `0s` for never",
    };
    let Some((number, unit)) = text.len().checked_sub(1).and_then(|at| text.split_at_checked(at))
    else {
        return Err(wrong);
    };
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        _ => return Err(wrong),
    };
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse::<u64>().ok().filter(|_| plain);
    let time = number.and_then(|number| number.checked_mul(seconds)).map(Duration::from_secs);
    time.filter(|time| *time <= LONGEST).ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::EncryptionKey;

    fn configured(settings: &[(&str, &str)]) -> Result<EncryptionKey, String> {
        let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let settings: BTreeMap<String, String> = settings.collect();
        EncryptionKey::configured(&settings).map_err(|error| error.to_string())
    }

    #[test]
    fn the_key_is_a_passphrase_asked_for_every_eight_hours_unless_something_else_is_said() {
        let for_seconds =
            |seconds| Ok(EncryptionKey::Passphrase { unlocked_for: Duration::from_secs(seconds) });
        assert_eq!(configured(&[]), for_seconds(8 * 3600));
        for (text, seconds) in [("30m", 1800), ("0s", 0), ("90s", 90), ("168h", 7 * 24 * 3600)] {
            assert_eq!(configured(&[("unlocked-for", text)]), for_seconds(seconds));
        }
        assert_eq!(configured(&[("key-file", "/k")]), Ok(EncryptionKey::File("/k".into())));
    }

    #[test]
    fn what_is_not_understood_is_refused_with_what_there_is() {
        for text in ["", "8", "h", "-1h", "+1h", "1 h", "169h", "8d", "é", "99999999999999999999h"]
        {
            let error = configured(&[("unlocked-for", text)]).unwrap_err();
            assert!(error.contains("`unlocked-for`") && error.contains("`30m`"), "{error}");
        }
        let error = configured(&[("key-file", "k.txt")]).unwrap_err();
        assert!(error.contains("absolute"), "{error}");
        let error = configured(&[("keyfile", "/k")]).unwrap_err();
        assert!(error.contains("`key-file` and `unlocked-for`"), "{error}");
    }
}
