//! Sizes of types, as the debugging information tells them.

use super::lines::Bytes;
use addr2line::gimli::{self, Dwarf};

/// Bytes of the structure at `path`, crate first; parameters of its name do not matter. `None` if nothing is told of it.
pub fn size_of(dwarf: &Dwarf<Bytes<'_>>, path: &[&str]) -> Result<Option<u64>, gimli::Error> {
    let Some((name, spaces)) = path.split_last() else { return Ok(None) };
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let mut entries = unit.entries();
        // The names around an entry, from outside inwards; those of the unit and of what is no name space are empty.
        let mut around: Vec<&[u8]> = Vec::new();
        while let Some(entry) = entries.next_dfs()? {
            around.resize(usize::try_from(entry.depth()).unwrap_or(0), &[]);
            let is_space = entry.tag() == gimli::DW_TAG_namespace;
            let own = match entry.attr_value(gimli::DW_AT_name) {
                Some(value) if is_space || entry.tag() == gimli::DW_TAG_structure_type => {
                    dwarf.attr_string(&unit, value)?.slice()
                }
                _ => &[],
            };
            let is_there = around.iter().skip(1).copied().eq(spaces.iter().map(|space| space.as_bytes()));
            if is_there
                && !is_space
                && own.split(|byte| *byte == b'<').next() == Some(name.as_bytes())
                && let Some(bytes) =
                    entry.attr_value(gimli::DW_AT_byte_size).and_then(|value| value.udata_value())
            {
                return Ok(Some(bytes));
            }
            around.push(own);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    /// What the test measures: this program's own debugging information.
    #[repr(C)]
    struct Measured<T>(T, [u16; 5]);

    #[test]
    fn the_size_of_a_type_is_told() {
        let value = std::hint::black_box(Measured(7u32, [1; 5]));
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let file = object::File::parse(&*program).unwrap();
        let dwarf = lines::read(&file).unwrap();
        let told = |name| size_of(&dwarf, &["lwipgen", "footprint", "types", "tests", name]).unwrap();
        assert_eq!(told("Measured"), Some(size_of_val(&value) as u64));
        assert_eq!(told("Unmeasured"), None);
    }
}
