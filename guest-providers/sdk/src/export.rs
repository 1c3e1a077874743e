/// Makes the component answer as `$provider`, a type that implements [`Provider`](crate::Provider),
/// and puts the manifest, a file beside the source, into it.
#[macro_export]
macro_rules! export {
    ($provider:ident, manifest = $manifest:literal) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            const MANIFEST: &[u8] = ::core::include_bytes!($manifest);
            #[unsafe(link_section = "lockgate:manifest")]
            static SECTION: [u8; MANIFEST.len()] = *::core::include_bytes!($manifest);
        };
        $crate::bindings::export!($provider with_types_in $crate::bindings);
    };
}
