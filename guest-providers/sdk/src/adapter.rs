//! The interface's own functions, answered by a [`Provider`].

use alloc::string::String;
use alloc::vec::Vec;

use crate::bindings::exports::lockgate::provider::provider::{Guest, LoginInput};
use crate::{
    Credential, Failure, GetRequest, LoginRequest, LogoutRequest, Provider, Purpose, Registry,
};

impl<P: Provider> Guest for P {
    fn get(
        registry: Registry,
        purpose: Purpose,
        arguments: Vec<String>,
    ) -> Result<Credential, Failure> {
        P::get(GetRequest { registry, purpose, arguments })
    }

    fn login(registry: Registry, input: LoginInput, arguments: Vec<String>) -> Result<(), Failure> {
        let LoginInput { identity, secret, link } = input;
        P::login(LoginRequest { registry, identity, secret, link, arguments })
    }

    fn logout(registry: Registry, arguments: Vec<String>) -> Result<(), Failure> {
        P::logout(LogoutRequest { registry, arguments })
    }
}
