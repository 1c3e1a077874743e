//! `lockgate provider` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Install a provider from a file, after showing what it asks for
    Install(Install),
    /// List the providers that are built in or installed
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Show everything about a provider, also about a file that is not installed
    Inspect {
        /// Its name, or a `.wasm` file
        #[arg(value_name = "NAME|FILE")]
        subject: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Give an installed provider more of what it asks for, or a built-in bridge a program
    Grant(Change),
    /// Take away from an installed provider or a built-in bridge
    Revoke(Change),
    /// Remove an installed provider, with its grant and what it kept
    Remove {
        /// Its name
        provider: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Check that installed providers are what was installed; 1 if one is not
    Verify {
        /// Only this one
        provider: Option<String>,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Compile installed providers again, as after an upgrade of Lockgate
    Rebuild {
        /// Only this one
        provider: Option<String>,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Put a manifest into a component, for those who write providers
    Pack {
        /// The component, as its toolchain built it
        component: PathBuf,
        /// What it asks for
        #[arg(long, value_name = "FILE")]
        manifest: PathBuf,
        /// Where the provider is written; without it, beside the component as `NAME.provider.wasm`
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct Install {
    /// The component, a `.wasm` file
    pub(super) file: PathBuf,
    /// The name under which it is installed; without it, the manifest's
    #[arg(long = "as", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Give it this, without asking; repeatable
    #[arg(long = "grant", value_name = "CAPABILITY=VALUE", conflicts_with = "grant_all")]
    pub(super) grants: Vec<String>,
    /// Give it exactly what its manifest asks for, without asking
    #[arg(long)]
    pub(super) grant_all: bool,
    /// Let it take the place of what is installed under its name, with what that kept
    #[arg(long)]
    pub(super) update: bool,
    /// Let it serve these registries and no others of those that it asks for; repeatable
    #[arg(long = "registry", value_name = "PATTERN")]
    pub(super) registries: Vec<String>,
    /// The minisign public key that has to have signed it
    #[arg(long, value_name = "KEY")]
    pub(super) public_key: Option<String>,
    /// The signature; without it, the file beside the component with `.minisig` at its end
    #[arg(long, value_name = "FILE", requires = "public_key")]
    pub(super) signature: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(crate) struct Change {
    /// Its name
    pub(super) provider: String,
    /// Such as `http=https://sso.corp.example` or `prompt=true`
    #[arg(required = true, value_name = "CAPABILITY=VALUE")]
    pub(super) changes: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}
