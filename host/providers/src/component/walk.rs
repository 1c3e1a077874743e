//! One pass over the whole file, with full validation.

use wasmparser::{
    BinaryReaderError, CanonicalFunction, CanonicalOption, ComponentCanonicalSectionReader,
    ComponentExportSectionReader, ComponentExternalKind, ComponentImportSectionReader,
    ComponentTypeRef, CustomSectionReader, FuncValidatorAllocations, FunctionBody, Parser, Payload,
    ValidPayload, Validator, WasmFeatures,
};

use super::{ExamineError, MANIFEST};

/// Deepest nesting. What toolchains write has two levels: the component, and in it modules and the
/// small component that forms its export. Two composed components have one more.
pub(super) const MAX_DEPTH: usize = 4;
/// Most modules and components in one file; interpreters with their libraries have some dozens.
pub(super) const MAX_PARTS: usize = 100;
/// Most functions in one file; interpreters have some ten thousand.
pub(super) const MAX_FUNCTIONS: usize = 200_000;
/// Most local variables that all functions declare together; interpreters have some hundred
/// thousand.
pub(super) const MAX_LOCALS: u64 = 4_000_000;
/// Longest manifest, in bytes: more than a person would read at consent.
pub(super) const MAX_MANIFEST: usize = 64 << 10;

/// What toolchains' output needs, and nothing newer: each further feature is a part of the compiler
/// for an attacker to try.
const FEATURES: WasmFeatures =
    WasmFeatures::WASM2.union(WasmFeatures::EXTENDED_CONST).union(WasmFeatures::COMPONENT_MODEL);

/// What there is to know of a component.
#[derive(Default)]
pub(super) struct Found {
    pub(super) imports: Vec<String>,
    /// Names of exported instances.
    pub(super) exports: Vec<String>,
    pub(super) manifest: Option<String>,
    depth: usize,
    parts: usize,
    functions: usize,
    locals: u64,
}

pub(super) fn walk(bytes: &[u8]) -> Result<Found, ExamineError> {
    let mut validator = Validator::new_with_features(FEATURES);
    let mut allocations = FuncValidatorAllocations::default();
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(ExamineError::Invalid)?;
        // Counted before it is validated, which is where nesting costs.
        found.count(&payload)?;
        match validator.payload(&payload).map_err(ExamineError::Invalid)? {
            ValidPayload::Func(function, body) => {
                let mut function = function.into_validator(allocations);
                function.validate(&body).map_err(ExamineError::Invalid)?;
                allocations = function.into_allocations();
            }
            _ => found.take(payload)?,
        }
    }
    Ok(found)
}

impl Found {
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), ExamineError> {
        match payload {
            Payload::Version { .. } => {
                self.depth += 1;
                self.parts += 1;
            }
            Payload::End(_) => self.depth -= 1,
            Payload::CodeSectionEntry(body) => {
                self.functions += 1;
                self.locals += locals(body).map_err(ExamineError::Invalid)?;
            }
            _ => {}
        }
        match () {
            () if self.depth > MAX_DEPTH => Err(ExamineError::TooDeep),
            () if self.parts > MAX_PARTS => Err(ExamineError::TooManyParts),
            () if self.functions > MAX_FUNCTIONS => Err(ExamineError::TooManyFunctions),
            () if self.locals > MAX_LOCALS => Err(ExamineError::TooManyLocals),
            () => Ok(()),
        }
    }

    fn take(&mut self, payload: Payload<'_>) -> Result<(), ExamineError> {
        match payload {
            Payload::ComponentImportSection(section) if self.depth == 1 => {
                self.take_imports(section).map_err(ExamineError::Invalid)
            }
            Payload::ComponentExportSection(section) if self.depth == 1 => {
                self.take_exports(section).map_err(ExamineError::Invalid)
            }
            Payload::ComponentCanonicalSection(section) => check_encodings(section),
            Payload::CustomSection(section) if section.name() == MANIFEST => {
                self.take_manifest(&section)
            }
            _ => Ok(()),
        }
    }

    fn take_imports(
        &mut self,
        section: ComponentImportSectionReader<'_>,
    ) -> Result<(), BinaryReaderError> {
        for import in section {
            let import = import?;
            // What is no instance has no version either and is refused by its name.
            let name = match import.ty {
                ComponentTypeRef::Instance(_) => import.name.name.to_owned(),
                _ => import.name.name.replace('@', " "),
            };
            self.imports.push(name);
        }
        Ok(())
    }

    fn take_exports(
        &mut self,
        section: ComponentExportSectionReader<'_>,
    ) -> Result<(), BinaryReaderError> {
        for export in section {
            let export = export?;
            if export.kind == ComponentExternalKind::Instance {
                self.exports.push(export.name.name.to_owned());
            }
        }
        Ok(())
    }

    fn take_manifest(&mut self, section: &CustomSectionReader<'_>) -> Result<(), ExamineError> {
        if self.manifest.is_some() {
            return Err(ExamineError::TwoManifests);
        }
        let size = section.data().len();
        if size > MAX_MANIFEST {
            return Err(ExamineError::ManifestTooLarge { size });
        }
        let text =
            std::str::from_utf8(section.data()).map_err(|_| ExamineError::ManifestNotText)?;
        self.manifest = Some(text.to_owned());
        Ok(())
    }
}

/// How many local variables a function declares.
fn locals(body: &FunctionBody<'_>) -> Result<u64, BinaryReaderError> {
    let declared = body.get_locals_reader()?.into_iter();
    declared.map(|group| group.map(|(count, _)| u64::from(count))).sum()
}

fn check_encodings(section: ComponentCanonicalSectionReader<'_>) -> Result<(), ExamineError> {
    for function in section {
        let options = match function.map_err(ExamineError::Invalid)? {
            CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
                options
            }
            _ => continue,
        };
        let other = [CanonicalOption::UTF16, CanonicalOption::CompactUTF16];
        if options.iter().any(|option| other.contains(option)) {
            return Err(ExamineError::StringEncoding);
        }
    }
    Ok(())
}
