use std::collections::BTreeMap;
use std::ops::Range;

use wasmparser::{
    Element, ElementItems, ElementKind, ExternalKind, FunctionBody, GlobalType, ImportSectionReader, MemoryType,
    Operator, Parser, Payload, TableType, TypeRef,
};

use crate::Failure;

/// The table of functions, which compilers make first.
pub const TABLE: u32 = 0;

/// What is needed to know of a module before it is split. Functions are named by their index; those that are imported
/// come first.
#[derive(Default)]
pub struct Module {
    /// How many functions are imported.
    pub imported: u32,
    /// The type of each function.
    pub types: Vec<u32>,
    /// How many parameters each type has.
    pub parameters: Vec<u32>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<GlobalType>,
    /// Functions that the page, or the start of the module, can call.
    pub entries: Vec<u32>,
    /// Where the table has each function from the beginning.
    pub slots: BTreeMap<u32, Vec<u32>>,
    /// By place among the functions that are not imported.
    pub bodies: Vec<Body>,
    /// Bytes of the code section.
    pub code: Range<usize>,
}

/// What a function asks of its module.
#[derive(Default)]
pub struct Body {
    pub calls: Vec<u32>,
    /// It uses what cannot be imported: segments of data or elements.
    pub is_bound: bool,
}

impl Module {
    pub fn read(wasm: &[u8]) -> Result<Self, Failure> {
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            module.note(payload?)?;
        }
        Ok(module)
    }

    fn note(&mut self, payload: Payload<'_>) -> Result<(), Failure> {
        match payload {
            Payload::TypeSection(types) => {
                for ty in types.into_iter_err_on_gc_types() {
                    self.parameters.push(u32::try_from(ty?.params().len())?);
                }
            }
            Payload::ImportSection(imports) => self.note_imports(imports)?,
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    self.types.push(ty?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.memories.push(memory?);
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.entries.push(export.index);
                    }
                }
            }
            Payload::StartSection { .. } => return Err("a start section is not supported".into()),
            Payload::TagSection(_) => return Err("exceptions are not supported".into()),
            Payload::ElementSection(elements) => {
                for element in elements {
                    self.note_element(element?)?;
                }
            }
            Payload::CodeSectionStart { unchecked_range, .. } => {
                self.code = usize::try_from(unchecked_range.start)?..usize::try_from(unchecked_range.end)?;
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(Body::read(&body)?),
            _ => {}
        }
        Ok(())
    }

    fn note_imports(&mut self, imports: ImportSectionReader<'_>) -> Result<(), Failure> {
        for import in imports.into_imports() {
            let import = import?;
            let TypeRef::Func(ty) = import.ty else {
                return Err(format!("only functions can be imported, and {} is none", import.name).into());
            };
            self.imported += 1;
            self.types.push(ty);
        }
        Ok(())
    }

    fn note_element(&mut self, element: Element<'_>) -> Result<(), Failure> {
        let (ElementKind::Active { table_index, offset_expr }, ElementItems::Functions(functions)) =
            (element.kind, element.items)
        else {
            return Err("only active segments of functions are supported".into());
        };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            return Err("a segment of functions begins at a place that is not a constant".into());
        };
        if table_index.unwrap_or(TABLE) != TABLE {
            return Err("a second table of functions is not supported".into());
        }
        for (slot, function) in (value.cast_unsigned()..).zip(functions) {
            self.slots.entry(function?).or_default().push(slot);
        }
        Ok(())
    }
}

impl Body {
    fn read(body: &FunctionBody<'_>) -> Result<Self, Failure> {
        let mut read = Self::default();
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                    read.calls.push(function_index);
                }
                Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. } => read.is_bound = true,
                Operator::ReturnCall { .. } => return Err("tail calls are not supported".into()),
                _ => {}
            }
        }
        Ok(read)
    }
}
