/// Makes the component answer as `$provider`, a type that implements [`Provider`](crate::Provider),
/// and puts the manifest into it: `manifest.toml` beside the crate's `Cargo.toml`, or another file,
/// by its path from the source.
#[macro_export]
macro_rules! export {
    ($provider:ident) => {
        $crate::export!(
            $provider,
            manifest = ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/manifest.toml")
        );
    };
    ($provider:ident, manifest = $manifest:expr) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            const MANIFEST: &[u8] = ::core::include_bytes!($manifest);
            #[unsafe(link_section = "lockgate:manifest")]
            static SECTION: [u8; MANIFEST.len()] = *::core::include_bytes!($manifest);
        };
        $crate::bindings::export!($provider with_types_in $crate::bindings);
    };
}
