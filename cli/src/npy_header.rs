//! The header of an npy file: a Python dictionary with three keys.
//!
//! Read without a general parser of Python literals, so that time and memory stay proportional to
//! the file's size whatever it holds.

use wgpu_activations::{ClassType, Dtype};

use crate::layout::{Layout, Order, element_count, shape_text};

mod cursor;

use cursor::Cursor;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Where NumPy wants the data to start.
const ALIGNMENT: usize = 64;
/// NumPy's own limit.
const MAX_DIMENSIONS: usize = 64;

/// The dtypes that there are kernels for, by NumPy's names; NumPy has none for bf16.
const DTYPES: [(&str, Dtype); 2] = [("'<f4'", Dtype::F32), ("'<f2'", Dtype::F16)];

/// The types that class indices can have.
const CLASS_TYPES: [(&str, ClassType); 3] = [
    ("'<i8'", ClassType::I64),
    ("'<i4'", ClassType::I32),
    ("'<u4'", ClassType::U32),
];

/// The types that masks can have; truth values have none of a tensor's.
const MASK_TYPES: [(&str, Option<Dtype>); 3] = [
    ("'|b1'", None),
    ("'<f4'", Some(Dtype::F32)),
    ("'<f2'", Some(Dtype::F16)),
];

/// What an array is, whose elements need not be a tensor's.
pub(crate) struct ArrayHeader<T> {
    pub(crate) shape: Vec<u64>,
    pub(crate) order: Order,
    pub(crate) element: T,
    pub(crate) data_bytes: u64,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum HeaderError {
    #[error("it does not start as an npy file does; save the array with numpy.save")]
    NotNpy,
    #[error(
        "it is of npy version {0}.{1}, and only 1.0, 2.0 and 3.0 are known; \
         save the array again with numpy.save"
    )]
    Version(u8, u8),
    #[error("it ends within its header; copy or save it again")]
    Truncated,
    #[error("its header is not as NumPy writes it ({0}); save the array again with numpy.save")]
    Malformed(&'static str),
    #[error(
        "its dtype is {name}, and only '<f4' and '<f2' are supported; \
         convert it with numpy.asarray(x, dtype='<f4')"
    )]
    Dtype { name: String },
    #[error(
        "its dtype is {name}, and classes are '<i8', '<i4' or '<u4'; \
         convert it with numpy.asarray(x, dtype='<i8')"
    )]
    ClassType { name: String },
    #[error(
        "its dtype is {name}, and masks are '|b1', '<f4' or '<f2'; \
         convert it with numpy.asarray(x, dtype=bool)"
    )]
    MaskType { name: String },
    #[error(
        "its shape {} is beyond 2^64 bytes; save the array again with numpy.save",
        shape_text(shape)
    )]
    TooLarge { shape: Vec<u64> },
}

/// Reads the header at the start of `file`; returns it and where the data starts.
pub(crate) fn parse(file: &[u8]) -> Result<(Layout, usize), HeaderError> {
    let (text, start) = text_of(file)?;
    Ok((from_text(text)?, start))
}

fn from_text(text: &[u8]) -> Result<Layout, HeaderError> {
    let Fields { name, order, shape } = Fields::of(text)?;
    let Some((_, dtype)) = DTYPES.into_iter().find(|(known, _)| name == *known) else {
        return Err(HeaderError::Dtype { name });
    };
    Layout::new(shape.clone(), order, dtype).ok_or(HeaderError::TooLarge { shape })
}

/// The same for an array of class indices.
pub(crate) fn parse_classes(file: &[u8]) -> Result<(ArrayHeader<ClassType>, usize), HeaderError> {
    let refused = |name| HeaderError::ClassType { name };
    parse_array(file, &CLASS_TYPES, ClassType::size, refused)
}

/// The same for a mask, whose elements are bytes where they are truth values.
pub(crate) fn parse_mask(file: &[u8]) -> Result<(ArrayHeader<Option<Dtype>>, usize), HeaderError> {
    let size = |dtype: Option<Dtype>| dtype.map_or(1, Dtype::size);
    parse_array(file, &MASK_TYPES, size, |name| HeaderError::MaskType {
        name,
    })
}

fn parse_array<T: Copy>(
    file: &[u8],
    types: &[(&str, T)],
    size: impl Fn(T) -> u64,
    refused: impl Fn(String) -> HeaderError,
) -> Result<(ArrayHeader<T>, usize), HeaderError> {
    let (text, start) = text_of(file)?;
    let Fields { name, order, shape } = Fields::of(text)?;
    let Some(&(_, element)) = types.iter().find(|(known, _)| name == *known) else {
        return Err(refused(name));
    };
    let count = element_count(&shape);
    let Some(data_bytes) = count.and_then(|count| count.checked_mul(size(element))) else {
        return Err(HeaderError::TooLarge { shape });
    };
    let header = ArrayHeader {
        shape,
        order,
        element,
        data_bytes,
    };
    Ok((header, start))
}

/// The dictionary, and where the data starts.
fn text_of(file: &[u8]) -> Result<(&[u8], usize), HeaderError> {
    let rest = file.strip_prefix(MAGIC).ok_or(HeaderError::NotNpy)?;
    let &[major, minor, ref rest @ ..] = rest else {
        return Err(HeaderError::Truncated);
    };
    let (length, rest) = match (major, minor) {
        (1, 0) => {
            let (length, rest) = rest.split_first_chunk().ok_or(HeaderError::Truncated)?;
            (u32::from(u16::from_le_bytes(*length)), rest)
        }
        (2 | 3, 0) => {
            let (length, rest) = rest.split_first_chunk().ok_or(HeaderError::Truncated)?;
            (u32::from_le_bytes(*length), rest)
        }
        _ => return Err(HeaderError::Version(major, minor)),
    };
    let text = rest.get(..length as usize).ok_or(HeaderError::Truncated)?;
    let start = file.len() - rest.len() + text.len();
    Ok((text, start))
}

/// The values of the dictionary.
struct Fields {
    name: String,
    order: Order,
    shape: Vec<u64>,
}

impl Fields {
    fn of(text: &[u8]) -> Result<Self, HeaderError> {
        let mut cursor = Cursor::new(text);
        let (mut dtype, mut order, mut shape) = (None, None, None);
        cursor.expect(b'{', "it is not a dictionary")?;
        while !cursor.take(b'}') {
            let key = cursor.string()?;
            cursor.expect(b':', "a key has no value")?;
            let is_new = match key {
                b"descr" => dtype.replace(cursor.dtype()?).is_none(),
                b"fortran_order" => order.replace(cursor.order()?).is_none(),
                b"shape" => shape.replace(cursor.shape()?).is_none(),
                _ => return Err(HeaderError::Malformed("it has an unknown key")),
            };
            if !is_new {
                return Err(HeaderError::Malformed("a key is there twice"));
            }
            if !cursor.take(b',') {
                cursor.expect(b'}', "a comma or its end is missing")?;
                break;
            }
        }
        if !cursor.is_at_end() {
            return Err(HeaderError::Malformed("something follows the dictionary"));
        }
        let name = dtype.ok_or(HeaderError::Malformed("'descr' is missing"))?;
        let order = order.ok_or(HeaderError::Malformed("'fortran_order' is missing"))?;
        let shape = shape.ok_or(HeaderError::Malformed("'shape' is missing"))?;
        Ok(Self { name, order, shape })
    }
}

/// The start of a file of version 1.0, which has room for every shape.
pub(crate) fn to_bytes(layout: &Layout) -> Vec<u8> {
    let fortran_order = match layout.order() {
        Order::C => "False",
        Order::Fortran => "True",
    };
    let shape = layout.shape_text();
    let descr = match layout.dtype() {
        Dtype::F16 => "<f2",
        _ => "<f4",
    };
    let text =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}");
    let before = MAGIC.len() + 4;
    let padded = (before + text.len() + 1).next_multiple_of(ALIGNMENT) - before;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((padded as u16).to_le_bytes());
    bytes.extend(format!("{text:width$}\n", width = padded - 1).into_bytes());
    bytes
}

#[cfg(test)]
mod tests;
