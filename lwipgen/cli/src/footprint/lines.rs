//! Which lines of source an instruction comes from, as the debugging information tells.

use addr2line::Context;
use addr2line::gimli::{self, DebugAranges, Dwarf, EndianSlice, LittleEndian};
use object::{Object as _, ObjectSection as _};

/// Bytes of the debugging information.
pub type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// The debugging information of an image.
pub fn read<'a>(file: &object::File<'a>) -> Result<Dwarf<Bytes<'a>>, gimli::Error> {
    Dwarf::load(|id| {
        let section = file.section_by_name(id.name()).and_then(|section| section.data().ok());
        Ok(EndianSlice::new(section.unwrap_or_default(), LittleEndian))
    })
}

/// What tells the lines of addresses; `nowhere` is for what it needs beside the debugging information.
///
/// For a unit that says of no address that it is its own, as all of its code is inlined into others, `addr2line` takes
/// all in its line table. Where code was made of assembly all units have the same one, so that they would lose theirs.
pub fn of<'a>(
    mut dwarf: Dwarf<Bytes<'a>>,
    nowhere: &'a mut Vec<u8>,
) -> Result<Context<Bytes<'a>>, gimli::Error> {
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let (offset, width) = (header.debug_info_offset(), header.address_size());
        let unit = dwarf.unit(header)?;
        let mut entries = unit.entries();
        let root = entries.next_dfs()?;
        let has_code = root.is_some_and(|root| {
            [gimli::DW_AT_ranges, gimli::DW_AT_low_pc].iter().any(|name| root.attr(*name).is_some())
        });
        if let Some(offset) = offset.filter(|_| !has_code && width == 4) {
            nowhere.extend(at_nowhere(u32::try_from(offset.0).unwrap_or(u32::MAX)));
        }
    }
    dwarf.debug_aranges = DebugAranges::new(nowhere, LittleEndian);
    Context::from_dwarf(dwarf)
}

/// The entry of `.debug_aranges` (DWARF 4 §6.1.2) that says of the unit at `offset` that its code is the byte at 0.
fn at_nowhere(offset: u32) -> impl Iterator<Item = u8> {
    let length = 28u32;
    let version = 2u16.to_le_bytes();
    let widths = [4, 0];
    let words = [0, 0, 1, 0, 0].map(u32::to_le_bytes);
    let head = length.to_le_bytes().into_iter().chain(version).chain(offset.to_le_bytes());
    head.chain(widths).chain(words.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_without_code_are_nowhere() {
        let bytes: Vec<u8> = at_nowhere(7).chain(at_nowhere(9)).collect();
        let table = DebugAranges::new(&bytes, LittleEndian);
        let mut headers = table.headers();
        for offset in [7, 9] {
            let header = headers.next().unwrap().unwrap();
            assert_eq!(header.debug_info_offset().0, offset);
            let mut entries = header.entries();
            let entry = entries.next().unwrap().unwrap();
            assert_eq!((entry.address(), entry.length()), (0, 1));
            assert!(entries.next().unwrap().is_none());
        }
        assert!(headers.next().unwrap().is_none());
    }
}
