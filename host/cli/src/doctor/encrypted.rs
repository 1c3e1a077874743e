//! The store of encrypted files: whether it is made, and whether it is open.

use lockgate_adapters::{EncryptedFileError, EncryptedFilesCondition, KernelKeyring};
use lockgate_broker::Machine;

use super::Finding;
use super::remedy::remedy;

const SUBJECT: &str = "encrypted-file";

/// Nobody is asked for its passphrase.
pub(super) fn encrypted_files(machine: &Machine) -> Finding {
    let files = machine.encrypted_files();
    let folder = files.folder();
    let shown = folder.display();
    match files.condition() {
        Ok(EncryptedFilesCondition::Unlocked) => {
            Finding::good(SUBJECT, format!("unlocked; {shown}"))
        }
        Ok(EncryptedFilesCondition::NotMade) => Finding::good(
            SUBJECT,
            "not made yet; the first login with `lockgate:encrypted-file` asks for a passphrase",
        ),
        Ok(EncryptedFilesCondition::Locked) if KernelKeyring::check().is_err() => Finding::note(
            SUBJECT,
            format!(
                "locked; each command asks for the passphrase of {shown}, since the kernel keeps no keys here"
            ),
        ),
        Ok(EncryptedFilesCondition::Locked) => Finding::good(
            SUBJECT,
            format!("locked; the next command in a terminal asks for the passphrase of {shown}"),
        ),
        Err(error @ EncryptedFileError::NoKey { .. }) => {
            let otherwise = "put it back, from a backup for example, or log out as is said above";
            Finding::failure(SUBJECT, &error, remedy(&error, otherwise))
        }
        Err(error) => {
            let config = machine.folders.config_file.display();
            let otherwise =
                format!("see `[provider.\"lockgate:encrypted-file\".settings]` in {config}");
            Finding::failure(SUBJECT, &error, remedy(&error, &otherwise))
        }
    }
}
