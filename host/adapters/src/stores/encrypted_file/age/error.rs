//! Why a file of age's is not read. What file it is says whoever read it.

/// Never holds anything of a key or of the content.
#[derive(Debug, thiserror::Error)]
pub(in crate::stores) enum AgeError {
    #[error("it is no file of the age format")]
    NotAge,
    #[error("it is a text file of the age format (\"armor\"); only the plain ones are read here")]
    Armor,
    #[error("it is of a version of the age format that is not known here")]
    Version,
    #[error("it is damaged: {0}")]
    Malformed(&'static str),
    #[error("it is damaged, or was changed")]
    Damaged,
    #[error("it was encrypted for another key")]
    OtherKey,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    #[error(
        "its passphrase would take 2^{0} steps to try, more than the 2^{most} that are taken here",
        most = super::keys::MOST_WORK
    )]
    TooMuchWork(u8),
    #[error("the system gives no random bytes")]
    Random(#[source] getrandom::Error),
}
