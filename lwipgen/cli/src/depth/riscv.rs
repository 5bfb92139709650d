//! Instructions of RV32IMAC, as far as they move the stack pointer or lead elsewhere.

/// The return address, the stack pointer, the second return address, and the frame pointer.
const RA: u32 = 1;
const SP: u32 = 2;
const T0: u32 = 5;
const FP: u32 = 8;

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing of interest.
    None,
    /// A number is made that may be an address.
    Makes(u64),
    /// The stack pointer moves by so many bytes, or further down than that where it is aligned.
    Moves(i64),
    /// The stack pointer gets a value that is not known.
    Lost,
    /// The function at an address is called.
    Call(u64),
    /// The code at an address goes on.
    Jump(u64),
    /// A function is called whose address is computed.
    CallIndirect,
    /// Code goes on whose address is computed, but for a table of it.
    JumpIndirect,
}

/// Reads instructions one after the other; knows the constants that registers hold.
pub struct Reader<'a> {
    code: &'a [u8],
    at: u64,
    constants: [Option<i64>; 32],
    /// Registers that hold an address within a table of addresses, and those that were loaded from there.
    tables: [Option<Table>; 32],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    /// An address that was computed by an addition, as that of an element.
    Place,
    /// What stands there.
    Element,
}

impl<'a> Reader<'a> {
    /// The function at `at`.
    pub fn new(code: &'a [u8], at: u64) -> Self {
        Self { code, at, constants: [None; 32], tables: [None; 32] }
    }

    fn set(&mut self, register: u32, constant: Option<i64>) {
        self.forget(register);
        if let Some(place) = self.constants.get_mut(register as usize).filter(|_| register != 0) {
            *place = constant;
        }
    }

    fn forget(&mut self, register: u32) {
        self.constants[register as usize & 31] = None;
        self.tables[register as usize & 31] = None;
    }

    fn get(&self, register: u32) -> Option<i64> {
        if register == 0 { Some(0) } else { self.constants[register as usize & 31] }
    }

    /// `rd = rs1 + rs2` or the difference.
    fn adds(&mut self, rd: u32, rs1: u32, rs2: u32, sign: i64) -> Effect {
        if rd == SP {
            let moved = if rs1 == SP { self.get(rs2) } else { None };
            return moved.map_or(Effect::Lost, |bytes| Effect::Moves(sign * bytes));
        }
        self.forget(rd);
        self.tables[rd as usize & 31] = Some(Table::Place);
        Effect::None
    }

    /// `rd = rs1 + constant`.
    fn adds_constant(&mut self, rd: u32, rs1: u32, constant: i64) -> Effect {
        match (rd, rs1) {
            (SP, SP) => Effect::Moves(constant),
            // The end of a function whose frame is not of a fixed size.
            (SP, FP) => Effect::None,
            (SP, _) => Effect::Lost,
            _ => {
                let (sum, table) =
                    (self.get(rs1).map(|value| value + constant), self.tables[rs1 as usize & 31]);
                self.set(rd, sum);
                self.tables[rd as usize & 31] = table.filter(|_| sum.is_none());
                sum.map_or(Effect::None, |sum| Effect::Makes(sum as u32 as u64))
            }
        }
    }

    /// `rd` is read from memory at `rs1`.
    fn loads(&mut self, rd: u32, rs1: u32) -> Effect {
        if rd == SP {
            return Effect::Lost;
        }
        let place = self.tables[rs1 as usize & 31] == Some(Table::Place);
        self.forget(rd);
        self.tables[rd as usize & 31] = place.then_some(Table::Element);
        Effect::None
    }

    /// `rd` gets a value that does not matter.
    fn writes(&mut self, rd: u32) -> Effect {
        if rd == SP {
            return Effect::Lost;
        }
        self.forget(rd);
        Effect::None
    }

    /// A jump to the address in `rs1` and `offset`, which leaves the next address in `rd`.
    fn leads(&mut self, rd: u32, rs1: u32, offset: i64) -> Effect {
        let is_element = self.tables[rs1 as usize & 31] == Some(Table::Element);
        match (rd, self.get(rs1).filter(|_| rs1 != 0)) {
            (0, Some(address)) => Effect::Jump((address + offset) as u32 as u64),
            (_, Some(address)) => Effect::Call((address + offset) as u32 as u64),
            // A return.
            (0, None) if matches!(rs1, RA | T0) => Effect::None,
            (0, None) if is_element => Effect::None,
            (0, None) => Effect::JumpIndirect,
            (_, None) => Effect::CallIndirect,
        }
    }

    fn compressed(&mut self, at: u64, word: u32) -> Effect {
        let (rd, rs2) = (word >> 7 & 31, word >> 2 & 31);
        let (short, other) = ((word >> 7 & 7) + 8, (word >> 2 & 7) + 8);
        let small = signed(word >> 12 << 5 | rs2, 6);
        let there = || {
            let bits =
                [(12, 11), (11, 4), (10, 9), (9, 8), (8, 10), (7, 6), (6, 7), (5, 3), (4, 2), (3, 1), (2, 5)];
            (at as i64 + signed(gathered(word, &bits), 12)) as u32 as u64
        };
        match (word & 3, word >> 13) {
            // c.addi4spn, c.lw
            (0, 0) => self.writes(other),
            (0, 2) => self.loads(other, short),
            (1, 0) => self.adds_constant(rd, rd, small),
            (1, 1) => Effect::Call(there()),
            (1, 2) if rd != SP => {
                self.set(rd, Some(small));
                Effect::None
            }
            (1, 3) if rd == SP => {
                Effect::Moves(signed(gathered(word, &[(12, 9), (6, 4), (5, 6), (4, 8), (3, 7), (2, 5)]), 10))
            }
            (1, 3) => {
                self.set(rd, Some(small << 12));
                Effect::None
            }
            (1, 4) => self.writes(short),
            (1, 5) => Effect::Jump(there()),
            (2, 0 | 2) => self.writes(rd),
            (2, 4) => match (word >> 12 & 1, rs2) {
                (0, 0) => self.leads(0, rd, 0),
                (0, from) => self.adds_constant(rd, from, 0),
                (1, 0) if rd == 0 => Effect::None,
                (1, 0) => self.leads(RA, rd, 0),
                (_, from) => self.adds(rd, rd, from, 1),
            },
            (1, 2) => Effect::Lost,
            // Stores and branches.
            _ => Effect::None,
        }
    }

    fn full(&mut self, at: u64, word: u32) -> Effect {
        let (rd, rs1, rs2) = (word >> 7 & 31, word >> 15 & 31, word >> 20 & 31);
        let (function, high) = (word >> 12 & 7, word >> 25);
        let constant = signed(word >> 20, 12);
        match word & 0x7f {
            // lui, auipc
            0x37 if rd != SP => self.set(rd, Some(i64::from((word & 0xffff_f000) as i32))),
            0x17 if rd != SP => self.set(rd, Some(at as i64 + i64::from((word & 0xffff_f000) as i32))),
            0x6f => {
                let far = gathered(word, &[(31, 20), (20, 11)]) | word & 0xf_f000 | word >> 20 & 0x7fe;
                let target = (at as i64 + signed(far, 21)) as u32 as u64;
                return if rd == 0 { Effect::Jump(target) } else { Effect::Call(target) };
            }
            0x67 => return self.leads(rd, rs1, constant),
            0x03 => return self.loads(rd, rs1),
            0x13 if function == 0 => return self.adds_constant(rd, rs1, constant),
            // Aligned down, by less than that.
            0x13 if function == 7 && rd == SP && rs1 == SP && constant < 0 => return Effect::Moves(constant),
            0x33 if function == 0 && high == 0 => return self.adds(rd, rs1, rs2, 1),
            0x33 if function == 0 && high == 0x20 => return self.adds(rd, rs1, rs2, -1),
            // Stores, branches, fences
            0x23 | 0x63 | 0x0f => {}
            _ => return self.writes(rd),
        }
        Effect::None
    }
}

impl Iterator for Reader<'_> {
    type Item = Effect;

    fn next(&mut self) -> Option<Effect> {
        let (first, rest) = self.code.split_first_chunk()?;
        let (at, low) = (self.at, u32::from(u16::from_le_bytes(*first)));
        if low & 3 != 3 {
            (self.code, self.at) = (rest, at + 2);
            return Some(self.compressed(at, low));
        }
        let (second, rest) = rest.split_first_chunk()?;
        (self.code, self.at) = (rest, at + 4);
        Some(self.full(at, u32::from(u16::from_le_bytes(*second)) << 16 | low))
    }
}

/// The bits of a constant: from where to where.
fn gathered(word: u32, bits: &[(u32, u32)]) -> u32 {
    bits.iter().map(|(from, to)| (word >> from & 1) << to).sum()
}

/// A number of so many bits.
fn signed(value: u32, bits: u32) -> i64 {
    i64::from((value << (32 - bits)) as i32 >> (32 - bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done by instructions at 0x80001000, as `llvm-mc -triple riscv32 -mattr=+m,+a,+c` encodes them.
    fn effects(code: &[u8]) -> Vec<Effect> {
        let matters = |effect: &Effect| !matches!(effect, Effect::None | Effect::Makes(_));
        Reader::new(code, 0x8000_1000).filter(matters).collect()
    }

    #[test]
    fn moves_of_the_stack_pointer() {
        for (code, expected) in [
            // addi sp, sp, -32; addi sp, sp, -496; addi sp, sp, -2032
            (
                &[0x01, 0x11, 0x41, 0x71, 0x13, 0x01, 0x01, 0x81][..],
                [-32, -496, -2032].map(Effect::Moves).to_vec(),
            ),
            // lui a0, 1; addi a0, a0, -48; sub sp, sp, a0
            (&[0x05, 0x65, 0x13, 0x05, 0x05, 0xfd, 0x33, 0x01, 0xa1, 0x40], vec![Effect::Moves(48 - 4096)]),
            // andi sp, sp, -64; addi sp, s0, -64
            (&[0x13, 0x71, 0x01, 0xfc, 0x13, 0x01, 0x04, 0xfc], vec![Effect::Moves(-64)]),
            // lw sp, 4(a0); mv sp, a0; sub sp, sp, a1
            (&[0x03, 0x21, 0x45, 0x00, 0x2a, 0x81, 0x33, 0x01, 0xb1, 0x40], vec![Effect::Lost; 3]),
        ] {
            assert_eq!(effects(code), expected, "{code:x?}");
        }
    }

    #[test]
    fn addresses_that_code_makes() {
        // auipc t3, -1; addi t3, t3, 0x10
        let code = [0x17, 0xfe, 0xff, 0xff, 0x13, 0x0e, 0x0e, 0x01];
        let made: Vec<_> = Reader::new(&code, 0x8000_1000).collect();
        assert_eq!(made, [Effect::None, Effect::Makes(0x8000_0010)]);
    }

    #[test]
    fn where_code_leads() {
        for (code, expected) in [
            // jal and c.jal to the beginning, j and c.j
            (&[0x01, 0x20, 0xfd, 0x3f][..], vec![Effect::Call(0x8000_1000); 2]),
            (&[0x01, 0xa0, 0xfd, 0xbf], vec![Effect::Jump(0x8000_1000); 2]),
            // jal ra, -8
            (&[0xef, 0xf0, 0x9f, 0xff], vec![Effect::Call(0x8000_0ff8)]),
            // auipc t1, -2; jalr 16(t1); auipc t1, 0; jr 8(t1)
            (
                &[
                    0x17, 0xe3, 0xff, 0xff, 0xe7, 0x00, 0x03, 0x01, 0x17, 0x03, 0x00, 0x00, 0x67, 0x00, 0x83,
                    0x00,
                ],
                vec![Effect::Call(0x7fff_f010), Effect::Jump(0x8000_1010)],
            ),
            // jalr a5; lw a5, 4(a0); jr a5
            (&[0x82, 0x97, 0x5c, 0x41, 0x82, 0x87], vec![Effect::CallIndirect, Effect::JumpIndirect]),
            // A table: add a0, a0, a1; lw a0, 0(a0); jr a0; and ret; mv a0, a1
            (&[0x2e, 0x95, 0x08, 0x41, 0x02, 0x85, 0x82, 0x80, 0x2e, 0x85], vec![]),
        ] {
            assert_eq!(effects(code), expected, "{code:x?}");
        }
    }
}
