use std::collections::BTreeMap;
use std::ops::Range;

use wasmparser::{
    ConstExpr, DataKind, Element, ElementItems, ElementKind, ExternalKind, FunctionBody, GlobalType,
    ImportSectionReader, MemoryType, Operator, Parser, Payload, TableType, TypeRef,
};

use crate::Failure;
use crate::data::Data;
use crate::numbers::Numbers;

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
    pub data: Data,
    /// Bytes of the code section.
    pub code: Range<usize>,
}

/// What a function asks of its module.
#[derive(Default)]
pub struct Body {
    pub calls: Vec<u32>,
    pub numbers: Numbers,
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
            Payload::DataSection(segments) => {
                for segment in segments {
                    self.note_data(segment?)?;
                }
            }
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
        let first = address(&offset_expr)?;
        if table_index.unwrap_or(TABLE) != TABLE {
            return Err("a second table of functions is not supported".into());
        }
        for (slot, function) in (first..).zip(functions) {
            self.slots.entry(function?).or_default().push(slot);
        }
        Ok(())
    }

    fn note_data(&mut self, segment: wasmparser::Data<'_>) -> Result<(), Failure> {
        self.data.add(begin(&segment)?, segment.data);
        Ok(())
    }
}

/// Where a segment of data begins.
pub fn begin(segment: &wasmparser::Data<'_>) -> Result<u32, Failure> {
    match &segment.kind {
        DataKind::Active { memory_index: 0, offset_expr } => address(offset_expr),
        _ => Err("only active segments of the first memory are supported".into()),
    }
}

fn address(expression: &ConstExpr<'_>) -> Result<u32, Failure> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        _ => Err("a segment begins at a place that is not a constant".into()),
    }
}

impl Body {
    fn read(body: &FunctionBody<'_>) -> Result<Self, Failure> {
        let mut read = Self::default();
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            read.numbers.note(&operator)?;
            match operator {
                Operator::Call { function_index } => read.calls.push(function_index),
                Operator::RefFunc { .. } => return Err("references to functions are not supported".into()),
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
