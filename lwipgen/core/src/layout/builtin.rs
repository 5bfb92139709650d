//! Types of the language and of `core` and `alloc` whose layout is documented.

use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::template::TemplateError;

use super::program::Found;
use super::{Layout, Layouts, TypeIn};

impl<'p> Layouts<'p> {
    /// Layout of an integer type, which is also that of the atomic and the non-zero type over it.
    pub(super) fn integer(&self, name: &str) -> Option<Layout> {
        let size = match name {
            "u8" | "i8" => 1,
            "u16" | "i16" => 2,
            "u32" | "i32" => 4,
            "u64" | "i64" => 8,
            "u128" | "i128" => 16,
            "usize" | "isize" => self.target.pointer,
            _ => return None,
        };
        Some(Layout::scalar(size, self.target))
    }

    pub(super) fn layout_of_builtin(&self, ty: &TypeIn, path: &TypePath) -> Result<Layout, TemplateError> {
        let unknown = || {
            let message =
                format!("the size of `{}` is not known: no such type is declared here", self.name(ty));
            self.program.error(ty.scope.module, path.span(), message)
        };
        let last = path.path.segments.last().ok_or_else(unknown)?;
        let name = last.ident.to_string();
        if let Some(layout) = self.integer(&name) {
            return Ok(layout);
        }
        let pointer = self.target.pointer;
        let argument = match &last.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(argument) => Some(ty.at(argument)),
                _ => None,
            }),
            _ => None,
        };
        let bytes = |size| Layout { size, align: 1, niche: false };
        Ok(match (name.as_str(), argument) {
            ("bool", _) => bytes(1),
            ("char" | "f32", _) => Layout::scalar(4, self.target),
            ("f64", _) => Layout::scalar(8, self.target),
            // `core::net`: octets, so no alignment; `IpAddr` is a tag and the longer of the two.
            ("Ipv4Addr", _) => bytes(4),
            ("Ipv6Addr", _) => bytes(16),
            ("IpAddr", _) => bytes(17),
            ("PhantomData", _) => Layout::EMPTY,
            ("Cell" | "UnsafeCell" | "MaybeUninit" | "ManuallyDrop" | "Wrapping", Some(inner)) => {
                Layout { niche: false, ..self.layout(&inner)? }
            }
            ("Box" | "NonNull", Some(inner)) => {
                let size = if self.is_unsized(&inner) { 2 * pointer } else { pointer };
                Layout { size, align: pointer, niche: true }
            }
            ("NonZero", Some(inner)) => Layout { niche: true, ..self.layout(&inner)? },
            ("Option", Some(inner)) => {
                let layout = self.layout(&inner)?;
                if !layout.niche {
                    let message = format!(
                        "an `Option` of `{}` has no fixed layout: use a value of it that means none",
                        self.name(&inner)
                    );
                    return Err(self.program.error(ty.scope.module, path.span(), message));
                }
                Layout { niche: false, ..layout }
            }
            ("AtomicBool", _) => bytes(1),
            (other, _) => {
                let inner = |prefix: &str| other.strip_prefix(prefix).map(str::to_ascii_lowercase);
                let atomic = inner("Atomic").and_then(|name| self.integer(&name));
                let non_zero = inner("NonZero").and_then(|name| self.integer(&name));
                match (atomic, non_zero) {
                    // An atomic type is aligned to its size on every target.
                    (Some(layout), _) => Layout { align: layout.size, ..layout },
                    (_, Some(layout)) => Layout { niche: true, ..layout },
                    _ => return Err(unknown()),
                }
            }
        })
    }

    /// Whether a pointer to the type carries a length or a table of methods.
    pub(super) fn is_unsized(&self, ty: &TypeIn) -> bool {
        match &*ty.ty {
            Type::Slice(_) | Type::TraitObject(_) => true,
            Type::Paren(inner) => self.is_unsized(&ty.at(&inner.elem)),
            Type::Group(inner) => self.is_unsized(&ty.at(&inner.elem)),
            Type::Path(path) => {
                path.path.is_ident("str")
                    && matches!(self.program.find_type(&path.path, ty.scope.module), Found::Outside)
            }
            _ => false,
        }
    }
}
