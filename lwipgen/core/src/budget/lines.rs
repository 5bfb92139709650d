//! What the `Stack` is made of: tables are lines of their own, the rest of each part is its state.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::layout::{Field, Layouts, Shape, TypeDef, TypeIn};
use crate::selection::Selection;
use crate::template::TemplateError;

use super::{ROOT, constant};

/// A line of the budget; `count * size == bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The field, such as `tcp.pcbs`; `… state` for what is left of a part.
    pub name: String,
    /// Type of an element.
    #[serde(rename = "type")]
    pub ty: String,
    /// How many elements.
    pub count: u64,
    /// Bytes of one.
    pub size: u64,
    /// Bytes of all.
    pub bytes: u64,
}

impl Line {
    fn new(name: impl Into<String>, ty: impl Into<String>, count: u64, size: u64) -> Self {
        Line { name: name.into(), ty: ty.into(), count, size, bytes: count * size }
    }
}

/// An array of plain numbers from this size on is a table; shorter ones are addresses and the like.
const TABLE_BYTES: u64 = 64;

/// Parts of parts whose tables are told one by one.
const MAX_DEPTH: usize = 4;

/// Size of the `Stack` and the lines that add up to it.
pub(super) fn lines(layouts: &Layouts<'_>) -> Result<(u64, Vec<Line>), TemplateError> {
    let root = layouts.root(ROOT);
    let size = layouts.layout(&root)?.size;
    let mut walk = Walk { layouts, lines: Vec::new(), padding: 0 };
    let rest = walk.parts(&root, "", 0)?;
    if rest > 0 {
        walk.lines.push(Line::new("stack state", format!("{ROOT} (rest)"), 1, rest));
    }
    if walk.padding > 0 {
        walk.lines.push(Line::new("padding", "between fields", 1, walk.padding));
    }
    debug_assert_eq!(walk.lines.iter().map(|line| line.bytes).sum::<u64>(), size);
    Ok((size, walk.lines))
}

struct Walk<'l, 'p> {
    layouts: &'l Layouts<'p>,
    lines: Vec<Line>,
    padding: u64,
}

impl Walk<'_, '_> {
    /// Adds the lines of a struct's fields; gives the bytes of those that are no table.
    fn parts(&mut self, ty: &TypeIn, prefix: &str, depth: usize) -> Result<u64, TemplateError> {
        let size = self.layouts.layout(ty)?.size;
        let Shape::Struct { def, fields } = self.layouts.shape(ty)? else { return Ok(size) };
        self.padding += size - fields.iter().map(|field| field.layout.size).sum::<u64>();
        let mut rest = 0;
        for field in &fields {
            rest += self.part(field, prefix, def, fields.len() == 1, depth)?;
        }
        Ok(rest)
    }

    fn part(
        &mut self,
        field: &Field,
        prefix: &str,
        owner: &TypeDef,
        only: bool,
        depth: usize,
    ) -> Result<u64, TemplateError> {
        // A wrapper around one field does not deserve a name of its own.
        let name = match prefix {
            "" => field.name.clone(),
            prefix if only => prefix.to_owned(),
            prefix => format!("{prefix}.{}", field.name),
        };
        let size = field.layout.size;
        match self.layouts.shape(&field.ty)? {
            Shape::Array { element, count } if self.is_table(&element, size)? => {
                let each = self.layouts.layout(&element)?.size;
                self.lines.push(Line::new(name, self.layouts.name(&element), count, each));
                Ok(0)
            }
            Shape::Struct { def, .. } if size > 0 && self.has_table(&field.ty, depth)? => {
                let rest = self.parts(&field.ty, &name, depth + 1)?;
                if owner.name != ROOT {
                    return Ok(rest);
                }
                if rest > 0 {
                    self.lines.push(Line::new(
                        format!("{name} state"),
                        format!("{} (rest)", def.name),
                        1,
                        rest,
                    ));
                }
                Ok(0)
            }
            Shape::Struct { def, .. } if owner.name == ROOT && size > 0 => {
                self.lines.push(Line::new(name, def.name.clone(), 1, size));
                Ok(0)
            }
            _ => Ok(size),
        }
    }

    fn is_table(&self, element: &TypeIn, bytes: u64) -> Result<bool, TemplateError> {
        let composite = !matches!(self.layouts.shape(element)?, Shape::Other | Shape::Enum { .. });
        Ok(bytes > 0 && (composite || bytes >= TABLE_BYTES))
    }

    /// Whether a struct holds a table, itself or in a part of it.
    fn has_table(&self, ty: &TypeIn, depth: usize) -> Result<bool, TemplateError> {
        let Shape::Struct { fields, .. } = self.layouts.shape(ty)? else { return Ok(false) };
        if depth >= MAX_DEPTH {
            return Ok(false);
        }
        for field in &fields {
            let found = match self.layouts.shape(&field.ty)? {
                Shape::Array { element, .. } => self.is_table(&element, field.layout.size)?,
                Shape::Struct { .. } => self.has_table(&field.ty, depth + 1)?,
                Shape::Enum { .. } | Shape::Other => false,
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The memory that the profile keeps outside of the `Stack`.
pub(super) fn outside(selection: &Selection) -> Option<Line> {
    let (count, size) = (constant(selection, "PBUF_POOL_SIZE")?, constant(selection, "PBUF_BLOCK_SIZE")?);
    let name = if selection.features.contains("memory-heap") {
        "heap, at its peak"
    } else if selection.features.contains("memory-arena") {
        "arena"
    } else {
        return None;
    };
    Some(Line::new(name, format!("[u8; {size}]"), count, size))
}

/// The declared types that the lines count on, the `Stack` first: those that the emitted crate proves.
pub(crate) fn counted_types<'p>(layouts: &Layouts<'p>) -> Result<Vec<(&'p TypeDef, TypeIn)>, TemplateError> {
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    let mut open = vec![layouts.root(ROOT)];
    while let Some(ty) = open.pop() {
        match layouts.shape(&ty)? {
            Shape::Array { element, .. } => open.push(element),
            Shape::Struct { def, fields } => {
                if seen.insert(std::ptr::from_ref(def), ()).is_none() {
                    found.push((def, ty));
                }
                open.extend(fields.into_iter().rev().map(|field| field.ty));
            }
            Shape::Enum { def } => {
                if seen.insert(std::ptr::from_ref(def), ()).is_none() {
                    found.push((def, ty));
                }
            }
            Shape::Other => {}
        }
    }
    Ok(found)
}
