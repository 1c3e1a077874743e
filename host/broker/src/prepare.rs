//! One provider before it is asked: who it is, whether it may be asked at all, and what it may use.

use lockgate_core::{
    Failure, Operation, Purpose, Registry, Request, Secret, check_token, clean_login_token, escape,
};
use lockgate_policy::{Decided, Decision, Facts, Grant, Identity, Manifest, NotServed, decide};
use lockgate_providers::{
    Installed, Provider, Store, StoreError, built_in_names, compile_in_child, find_built_in,
    find_provider,
};
use lockgate_registry::cargo::TokenBinding;

use crate::cache::Cache;
use crate::context::BoundError;
use crate::unavailable::unavailable;
use crate::verdict::check_account;
use crate::{Choice, Context, Notice, ProviderError, bridge};

/// A provider that is ready to be asked.
pub(crate) struct Prepared {
    pub(crate) provider: Provider,
    /// The request as this provider sees it.
    pub(crate) request: Request,
    pub(crate) decided: Decided,
    pub(crate) binding: Result<TokenBinding, BoundError>,
    /// What is kept of its answers, once it was looked up.
    pub(crate) cache: Option<Cache>,
}

/// A provider that is not asked.
pub(crate) enum Skipped {
    /// It does not serve the registry; the next one is asked.
    Next(Failure),
    /// The same, and its manifest or its grant says so.
    NotServed(NotServed),
    /// The request ends here.
    End(ProviderError),
}

impl<E: Into<ProviderError>> From<E> for Skipped {
    fn from(error: E) -> Self {
        Self::End(error.into())
    }
}

/// Finds a provider and decides what it may use. A later file cannot change it: everything that is
/// run of it has been read.
pub(crate) fn prepare(
    context: &Context,
    request: &Request,
    choice: &Choice,
    tell: &dyn Fn(&Notice<'_>),
) -> Result<Prepared, Skipped> {
    if let Some(skipped) = unavailable(&choice.provider) {
        return Err(skipped);
    }
    let mut provider = find(context, &choice.provider, tell)?;
    bridge::give_configured(&mut provider, choice)?;
    let digest = provider.digest.hex();
    let identity = Identity {
        name: &provider.name,
        digest: &digest,
        built_in: provider.built_in,
        bridge: provider.bridge,
        source: provider.source.as_deref(),
        signer: provider.signer.as_deref(),
    };
    let binding = context.binding(&request.registry, &request.operation);
    let variable = binding.as_ref().ok().and_then(|binding| binding.variable.as_deref());
    let texts = Texts { manifest: &provider.manifest, grant: &provider.grant };
    let decided = match decided(context, &request.registry, variable, &identity, texts) {
        Ok(decided) => decided,
        Err(NotServed::Forbidden(forbidden)) => {
            return Err(ProviderError::Forbidden(forbidden).into());
        }
        Err(reason @ (NotServed::NotAsked | NotServed::NotGranted)) => {
            return Err(Skipped::NotServed(reason));
        }
    };
    let choice = &bridge::resolved(choice).map_err(ProviderError::from)?;
    bridge::check(&provider, &request.operation, choice, &decided, |grant| {
        let texts = Texts { manifest: &provider.manifest, grant };
        self::decided(context, &request.registry, variable, &identity, texts)
    })?;
    let settings = context.machine.own.settings_of(&provider.name);
    let surroundings = bridge::Surroundings {
        settings: &settings,
        grants: &decided.capabilities.process,
        home: context.machine.home(),
    };
    let choice = &bridge::completed(choice.clone(), request, surroundings)?;
    let request = own_request(request, choice)?;
    Ok(Prepared { provider, request, decided, binding, cache: None })
}

/// What a provider asks for and was given.
#[derive(Clone, Copy)]
struct Texts<'a> {
    manifest: &'a Manifest,
    grant: &'a Grant,
}

fn decided(
    context: &Context,
    registry: &Registry,
    token_variable: Option<&str>,
    identity: &Identity<'_>,
    texts: Texts<'_>,
) -> Result<Decided, NotServed> {
    context.machine.ceiling.admits(identity).map_err(NotServed::Forbidden)?;
    let facts = Facts { registry, token_variable, home: context.machine.home() };
    decide(texts.manifest, texts.grant, &context.machine.ceiling, identity, &facts)
}

/// What a provider could use for a registry, with the lines that decide it. Nothing is run.
///
/// # Errors
/// If there is no such provider, or its record is damaged.
pub fn explain(
    context: &Context,
    registry: &Registry,
    choice: &Choice,
) -> Result<Result<Vec<Decision>, NotServed>, ProviderError> {
    let provider = choice.provider.as_str();
    match unavailable(provider) {
        Some(Skipped::Next(_) | Skipped::NotServed(_)) => return Ok(Err(NotServed::NotAsked)),
        Some(Skipped::End(error)) => return Err(error),
        None => {}
    }
    let variable = context.binding(registry, &Operation::Get(Purpose::Read))?.variable;
    let decided = |identity: &Identity<'_>, texts: Texts<'_>| {
        decided(context, registry, variable.as_deref(), identity, texts)
            .map(|decided| decided.decisions)
    };
    if let Some(mut found) = find_built_in(&context.machine.providers(), provider)? {
        bridge::give_configured(&mut found, choice)?;
        let digest = found.digest.hex();
        let identity = Identity {
            name: provider,
            digest: &digest,
            built_in: true,
            bridge: found.bridge,
            ..Identity::default()
        };
        let texts = Texts { manifest: &found.manifest, grant: &found.grant };
        return Ok(decided(&identity, texts));
    }
    let Some(found) = context.machine.providers().find(provider)? else {
        return Err(unknown(&context.machine.providers(), provider));
    };
    let digest = found.digest().hex();
    let identity = identity_of(&found, &digest);
    let (manifest, grant) = (found.manifest()?, found.grant()?);
    Ok(decided(&identity, Texts { manifest: &manifest, grant: &grant }))
}

/// Whether a provider could be asked for a registry's credential; one that passes a registry over
/// could. Nothing of it is run.
///
/// # Errors
/// What would end the request, such as a program that a bridge may not start.
pub fn check(context: &Context, registry: &Registry, choice: &Choice) -> Result<(), ProviderError> {
    let operation = Operation::Get(Purpose::Read);
    let request = Request { registry: registry.clone(), operation, arguments: Vec::new() };
    match prepare(context, &request, choice, &|_| {}) {
        Ok(_) | Err(Skipped::Next(_) | Skipped::NotServed(_)) => Ok(()),
        Err(Skipped::End(error)) => Err(error),
    }
}

fn find(
    context: &Context,
    name: &str,
    tell: &dyn Fn(&Notice<'_>),
) -> Result<Provider, ProviderError> {
    let store = context.machine.providers();
    let found = match find_provider(&store, name) {
        Err(StoreError::Stale { reason, .. }) => {
            admit_installed(context, &store, name)?;
            tell(&Notice::Recompiling { provider: name, reason });
            Some(store.repair(name, &compile_in_child)?)
        }
        found => found?,
    };
    found.ok_or_else(|| unknown(&store, name))
}

/// Nothing is compiled of a provider that may not run.
fn admit_installed(context: &Context, store: &Store, name: &str) -> Result<(), ProviderError> {
    let installed = store.get(name)?;
    let digest = installed.digest().hex();
    Ok(context.machine.ceiling.admits(&identity_of(&installed, &digest))?)
}

fn identity_of<'a>(installed: &'a Installed, digest: &'a str) -> Identity<'a> {
    Identity {
        name: installed.name().as_str(),
        digest,
        source: Some(installed.source()),
        signer: installed.signer(),
        ..Identity::default()
    }
}

fn unknown(store: &Store, name: &str) -> ProviderError {
    let mut known: Vec<String> = built_in_names().map(str::to_owned).collect();
    let installed = store.list().unwrap_or_default();
    known.extend(installed.into_iter().map(|listed| listed.name.as_str().to_owned()));
    ProviderError::Unknown { name: escape(name), known }
}

/// The request as this provider sees it: its own arguments, and a token and an account that keep the
/// client's rules.
fn own_request(request: &Request, choice: &Choice) -> Result<Request, ProviderError> {
    let mut request = request.clone();
    request.arguments.clone_from(&choice.arguments);
    if let Operation::Login(input) = &mut request.operation {
        let ecosystem = request.registry.ecosystem();
        check_account(ecosystem, input.identity.as_deref().map(Secret::from).as_ref())?;
        if let Some(secret) = input.secret.take() {
            let secret = clean_login_token(ecosystem, secret);
            check_token(ecosystem, &secret)?;
            input.secret = Some(secret);
        }
    }
    Ok(request)
}
