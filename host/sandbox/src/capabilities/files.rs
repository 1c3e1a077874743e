//! Files.

use lockgate_core::Origin;
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::files;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Document;
use crate::limits::DOCUMENT_BYTES;
use crate::state::{State, absent};

impl files::Host for State {
    fn read(&mut self, path: String) -> Result<Result<Option<Resource<Document>>, Failure>> {
        let granted = self.capabilities.file(&path).map(|grant| grant.path.clone());
        let granted = match self.decide("files", &path, granted) {
            Ok(granted) => granted,
            Err(failure) => return Ok(Err(failure)),
        };
        let Some(adapter) = &self.adapters.files else { return Ok(Err(absent("the file system"))) };
        match adapter.read(&granted, DOCUMENT_BYTES) {
            Ok(None) => Ok(Ok(None)),
            Ok(Some(content)) => Ok(self.entered(content, Origin::File(path))?.map(Some)),
            Err(error) => Ok(Err(self.fail(&error))),
        }
    }
}
