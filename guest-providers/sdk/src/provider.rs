use crate::{Credential, Failure, GetRequest, LoginRequest, LogoutRequest};

/// A credential provider. One call, one instance: nothing is kept in memory between two calls.
pub trait Provider {
    /// The credential for the registry of the request.
    ///
    /// # Errors
    /// [`Failure::NotFound`] and [`Failure::UnsupportedRegistry`] let the next provider be asked;
    /// every other failure ends the client's request.
    fn get(request: GetRequest) -> Result<Credential, Failure>;

    /// Keeps what the person gave, or obtains and keeps something in exchange for it. Without a
    /// body of its own, it answers that this provider cannot log in.
    ///
    /// # Errors
    /// As for [`Provider::get`].
    fn login(_request: LoginRequest) -> Result<(), Failure> {
        Err(Failure::UnsupportedOperation)
    }

    /// Forgets what is kept for the registry. Without a body of its own, it answers that this
    /// provider cannot log out.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there was nothing to forget; else as for [`Provider::get`].
    fn logout(_request: LogoutRequest) -> Result<(), Failure> {
        Err(Failure::UnsupportedOperation)
    }
}
