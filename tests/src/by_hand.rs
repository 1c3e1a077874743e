// Components from the text format, for the build script and the benches.

use std::error::Error;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A provider of the module in `text`, for the interface in the folder `interface`.
pub(crate) fn provider(text: &str, interface: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut module = wat::parse_str(text)?;
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(interface)?;
    let world = resolve.select_world(&[package], Some("credential-provider"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().module(&module)?.validate(true).encode()?)
}
