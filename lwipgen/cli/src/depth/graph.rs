//! Who calls whom in a linked program, and how deep that gets.

use std::collections::{BTreeMap, BTreeSet};

use object::{Architecture, Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind, SymbolKind};

use super::riscv::{Effect, Reader};

/// The functions of a program, by their addresses.
pub struct Graph {
    functions: BTreeMap<u64, Function>,
    /// Those whose addresses stand in the program's data, as in tables of methods, or are made by its code.
    by_address: Vec<u64>,
}

/// A function.
pub struct Function {
    /// Its path, crate first.
    pub name: String,
    /// The most bytes of the call stack that its own frame takes.
    pub frame: u64,
    calls: Vec<u64>,
    /// Other functions that go on in its place, when its frame is gone.
    successors: Vec<u64>,
    /// Numbers that it makes, which may be addresses of functions.
    numbers: Vec<u64>,
    /// It calls functions by their addresses, or goes on in one.
    indirect: bool,
    /// It moves the stack pointer by what is not known.
    lost: bool,
}

/// The deepest way from a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Bytes, but for what the doubts may add.
    pub bytes: u64,
    /// The functions on the way and their frames.
    pub way: Vec<(String, u64)>,
    /// What is not known, and of which function.
    pub doubts: Vec<String>,
}

impl Graph {
    /// Reads the ELF file of a program for RISC-V.
    pub fn read(program: &[u8]) -> Result<Self, String> {
        let file = object::File::parse(program).map_err(|error| error.to_string())?;
        if file.architecture() != Architecture::Riscv32 {
            return Err(format!(
                "a program for {:?}: only code for RISC-V of 32 bits is understood",
                file.architecture()
            ));
        }
        let (mut functions, mut words) = (BTreeMap::new(), BTreeSet::new());
        for section in file.sections().filter(|section| is_constant(section.kind())) {
            let bytes = section.data().map_err(|error| error.to_string())?;
            words.extend(bytes.as_chunks().0.iter().map(|word| u64::from(u32::from_le_bytes(*word))));
        }
        for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0) {
            let (at, bytes) = (symbol.address(), symbol.size());
            let section = symbol.section_index().and_then(|index| file.section_by_index(index).ok());
            let code = section.and_then(|section| section.data_range(at, bytes).ok().flatten());
            let (Some(code), Ok(name)) = (code, symbol.name()) else { continue };
            let name = format!("{:#}", rustc_demangle::demangle(name));
            functions.insert(at, Function::read(name, code, at));
        }
        words.extend(functions.values().flat_map(|function: &Function| function.numbers.iter().copied()));
        let by_address = functions.keys().copied().filter(|at| words.contains(at)).collect();
        Ok(Self { functions, by_address })
    }

    /// Takes it that calls by addresses, in functions whose names have a part, reach functions whose names have that part
    /// and whose addresses are taken somewhere; gives their names.
    pub fn resolve(&mut self, part: &str) -> Vec<&str> {
        let has_part = |function: &Function| function.name.contains(part);
        let callees: Vec<u64> = self
            .by_address
            .iter()
            .copied()
            .filter(|at| self.functions.get(at).is_some_and(has_part))
            .collect();
        let callers = self.functions.values_mut().filter(|function| function.indirect && has_part(function));
        for function in callers.filter(|_| !callees.is_empty()) {
            function.indirect = false;
            function.calls.extend(&callees);
        }
        callees.iter().filter_map(|at| Some(self.functions.get(at)?.name.as_str())).collect()
    }

    /// The functions whose names have a part, in the order of names.
    pub fn named(&self, part: &str) -> Vec<(u64, &Function)> {
        let mut found: Vec<_> =
            self.functions.iter().filter(|(_, function)| function.name.contains(part)).collect();
        found.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        found.into_iter().map(|(at, function)| (*at, function)).collect()
    }

    /// The deepest way from the function at `at`.
    pub fn depth(&self, at: u64) -> Depth {
        self.below(at, &mut Vec::new(), &mut BTreeMap::new())
    }

    fn below(&self, at: u64, above: &mut Vec<u64>, known: &mut BTreeMap<u64, Depth>) -> Depth {
        if let Some(depth) = known.get(&at) {
            return depth.clone();
        }
        let Some(function) = self.functions.get(&at) else {
            let doubts = vec![format!("there is no function at {at:#x}")];
            return Depth { doubts, ..Depth::default() };
        };
        if above.contains(&at) {
            let doubts = vec![format!("{} calls itself", function.name)];
            return Depth { doubts, ..Depth::default() };
        }
        above.push(at);
        let own = Depth {
            bytes: function.frame,
            way: vec![(function.name.clone(), function.frame)],
            doubts: Vec::new(),
        };
        let (mut deepest, mut doubts) = (own.clone(), Vec::new());
        doubts.extend(function.doubts());
        let calls = function.calls.iter().map(|callee| (*callee, Some(&own)));
        let successors = function.successors.iter().map(|next| (*next, None));
        for (callee, own) in calls.chain(successors) {
            let below = self.below(callee, above, known);
            doubts
                .extend(below.doubts.into_iter().filter(|doubt| !doubts.contains(doubt)).collect::<Vec<_>>());
            let bytes = below.bytes + own.map_or(0, |own| own.bytes);
            if bytes > deepest.bytes {
                let way =
                    own.map(|own| own.way.clone()).unwrap_or_default().into_iter().chain(below.way).collect();
                deepest = Depth { bytes, way, doubts: Vec::new() };
            }
        }
        above.pop();
        deepest.doubts = doubts;
        known.insert(at, deepest.clone());
        deepest
    }
}

impl Function {
    fn read(name: String, code: &[u8], at: u64) -> Self {
        let bytes = code.len() as u64;
        let mut function = Self {
            name,
            frame: 0,
            calls: Vec::new(),
            successors: Vec::new(),
            numbers: Vec::new(),
            indirect: false,
            lost: false,
        };
        let inside = at..at + bytes;
        for effect in Reader::new(code, at) {
            match effect {
                Effect::None => {}
                Effect::Makes(number) => function.numbers.push(number),
                // Where a function makes its frame in several places, not all of them are passed: the sum is a bound.
                Effect::Moves(bytes) => function.frame += bytes.min(0).unsigned_abs(),
                Effect::Lost => function.lost = true,
                Effect::Call(callee) => function.calls.push(callee),
                Effect::Jump(target) if inside.contains(&target) => {}
                Effect::Jump(target) => function.successors.push(target),
                Effect::CallIndirect | Effect::JumpIndirect => function.indirect = true,
            }
        }
        for list in [&mut function.calls, &mut function.successors] {
            list.sort_unstable();
            list.dedup();
        }
        function
    }

    fn doubts(&self) -> impl Iterator<Item = String> {
        let indirect = self.indirect.then_some("calls functions by their addresses");
        let lost = self.lost.then_some("moves the stack pointer by what is not known");
        indirect.into_iter().chain(lost).map(|doubt| format!("{} {doubt}", self.name))
    }
}

fn is_constant(kind: SectionKind) -> bool {
    use SectionKind::{Data, ReadOnlyData, ReadOnlyDataWithRel, ReadOnlyString};
    matches!(kind, Data | ReadOnlyData | ReadOnlyDataWithRel | ReadOnlyString)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function: address, name, frame, calls, successors.
    type Known<'a> = (u64, &'a str, u64, &'a [u64], &'a [u64]);

    fn graph(functions: &[Known<'_>]) -> Graph {
        let function = |(at, name, frame, calls, successors): &Known<'_>| {
            let function = Function {
                name: (*name).to_owned(),
                frame: *frame,
                calls: calls.to_vec(),
                successors: successors.to_vec(),
                numbers: Vec::new(),
                indirect: false,
                lost: false,
            };
            (*at, function)
        };
        Graph { functions: functions.iter().map(function).collect(), by_address: Vec::new() }
    }

    #[test]
    fn the_deepest_way_counts() {
        let graph = graph(&[
            (0, "api", 16, &[1, 2], &[]),
            (1, "shallow", 400, &[], &[]),
            (2, "deep", 64, &[], &[3]),
            // It goes on where the frame of `deep` is gone.
            (3, "deeper", 420, &[], &[]),
        ]);
        let depth = graph.depth(0);
        assert_eq!((depth.bytes, depth.doubts.len()), (436, 0));
        assert_eq!(depth.way, [("api".to_owned(), 16), ("deeper".to_owned(), 420)]);
        assert_eq!(graph.named("deep").len(), 2);
    }

    #[test]
    fn a_recursion_and_what_is_not_there_are_doubts() {
        let graph = graph(&[
            (0, "a", 16, &[1], &[]),
            (1, "b", 32, &[0], &[]),
            (2, "c", 8, &[9], &[]),
            (3, "d", 8, &[], &[]),
        ]);
        assert_eq!(graph.depth(0).doubts, ["a calls itself"]);
        assert_eq!(graph.depth(2).doubts, ["there is no function at 0x9"]);
        assert!(graph.depth(3).doubts.is_empty());
    }

    #[test]
    fn calls_by_address_reach_what_has_the_same_part_in_its_name() {
        let mut graph = graph(&[
            (0, "lwip::queue", 16, &[], &[]),
            (1, "lwip::write", 100, &[], &[]),
            (2, "other", 999, &[], &[]),
        ]);
        graph.by_address = vec![1, 2];
        graph.functions.get_mut(&0).unwrap().indirect = true;
        assert_eq!(graph.depth(0).doubts, ["lwip::queue calls functions by their addresses"]);
        assert_eq!(graph.resolve("lwip::"), ["lwip::write"]);
        assert_eq!((graph.depth(0).bytes, graph.depth(0).doubts.len()), (116, 0));
    }
}
