use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, TypeSection, ValType};
use wasmparser::{
    CodeSectionReader, FuncValidatorAllocations, FunctionBody, FunctionSectionReader, Parser, TypeSectionReader,
    ValidPayload, Validator,
};

use crate::Failure;
use crate::code::Code;
use crate::module::Module;
use crate::outlined::{Outlined, call};
use crate::region::{self, Region};

/// The module, of whose functions those regions that were not come to are functions of their own, behind the others.
/// Gives it with the places of the functions that ran. `hit` has the numbers of the points that were come to.
pub fn encode(module: &Module, wasm: &[u8], hit: &BTreeSet<usize>) -> Result<(Vec<u8>, BTreeSet<usize>), Failure> {
    let mut ran = BTreeSet::new();
    let mut outline = Outline {
        next: 0,
        regions: vec![],
        first: u32::try_from(module.types.len())?,
        outlined: vec![],
        types: u32::try_from(module.parameters.len())?,
    };
    let mut validator = Validator::new();
    let mut allocations = FuncValidatorAllocations::default();
    let mut point = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let ValidPayload::Func(function, body) = validator.payload(&payload?)? else { continue };
        let code = Code::read(&body)?;
        let beginning = point;
        let behind = (0..code.operators.len()).filter(|&at| code.has_point_after(at));
        let points: BTreeMap<usize, usize> = behind.zip(beginning + 1..).collect();
        point += 1 + points.len();
        let mut regions = vec![];
        if hit.contains(&beginning) {
            ran.insert(outline.regions.len());
            let mut validator = function.into_validator(allocations);
            validator.read_locals(&mut body.get_binary_reader())?;
            regions = region::find(&code, |at| hit.contains(&points[&at]), &mut validator)?;
            allocations = validator.into_allocations();
        }
        outline.add(regions, &code)?;
    }
    if let Some(number) = hit.last().filter(|&&number| number >= point) {
        return Err(format!("the profile is of another module: it has a point {number}").into());
    }
    let mut out = wasm_encoder::Module::new();
    outline.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok((out.finish(), ran))
}

struct Outline {
    /// The place of the function whose body comes next.
    next: usize,
    /// Those of each function, with the functions that they become.
    regions: Vec<Vec<(Region, u32)>>,
    /// The index of the first function that is added.
    first: u32,
    outlined: Vec<Outlined>,
    /// How many types the module has.
    types: u32,
}

impl Outline {
    fn add(&mut self, regions: Vec<Region>, code: &Code<'_>) -> Result<(), Failure> {
        let mut added = vec![];
        for region in regions {
            let outlined = Outlined::new(&region, code).map_err(|error| error.to_string())?;
            added.push((region, self.first + u32::try_from(self.outlined.len())?));
            self.outlined.push(outlined);
        }
        self.regions.push(added);
        Ok(())
    }

    /// The types that are added, each once.
    fn signatures(&self) -> BTreeSet<(&[ValType], &[ValType])> {
        self.outlined.iter().map(Outlined::signature).collect()
    }
}

impl Reencode for Outline {
    type Error = Infallible;

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_type_section(self, types, section)?;
        for (parameters, results) in self.signatures() {
            types.ty().function(parameters.iter().copied(), results.iter().copied());
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_function_section(self, functions, section)?;
        let numbers: BTreeMap<_, u32> = self.signatures().into_iter().zip(self.types..).collect();
        for outlined in &self.outlined {
            functions.function(numbers[&outlined.signature()]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_code_section(self, code, section)?;
        for outlined in &self.outlined {
            code.function(&outlined.function);
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut regions = std::mem::take(&mut self.regions[self.next]).into_iter().peekable();
        self.next += 1;
        for (at, operator) in Code::read(&body)?.operators.into_iter().enumerate() {
            if let Some((region, number)) = regions.next_if(|(region, _)| region.operators.end == at) {
                call(&region, number, &mut function);
            }
            if regions.peek().is_none_or(|(region, _)| !region.operators.contains(&at)) {
                function.instruction(&self.instruction(operator)?);
            }
        }
        code.function(&function);
        Ok(())
    }
}
