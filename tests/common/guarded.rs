//! Tensors with guards around them, of any dtype; conversions by the `half` crate.

use half::{bf16, f16};
use wgpu::util::DeviceExt as _;
use wgpu_activations::{Dtype, TensorView};

/// The nearest element of that type, by its bits.
pub(crate) fn bits(dtype: Dtype, value: f32) -> u32 {
    match dtype {
        Dtype::F32 => value.to_bits(),
        Dtype::F16 => f16::from_f32(value).to_bits().into(),
        Dtype::Bf16 => bf16::from_f32(value).to_bits().into(),
        other => panic!("{other} has no conversion here"),
    }
}

/// The value of an element, from its bits.
pub(crate) fn value(dtype: Dtype, bits: u32) -> f32 {
    match dtype {
        Dtype::F32 => f32::from_bits(bits),
        Dtype::F16 => f16::from_bits(bits as u16).to_f32(),
        Dtype::Bf16 => bf16::from_bits(bits as u16).to_f32(),
        other => panic!("{other} has no conversion here"),
    }
}

/// The nearest element of that type.
pub(crate) fn rounded(dtype: Dtype, value_: f32) -> f32 {
    value(dtype, bits(dtype, value_))
}

/// Elements as they stand in a buffer, filled up to a whole word.
pub(crate) fn pack(dtype: Dtype, elements: &[u32]) -> Vec<u8> {
    let size = dtype.size() as usize;
    let bytes = elements
        .iter()
        .flat_map(|bits| bits.to_le_bytes().into_iter().take(size));
    let mut bytes: Vec<u8> = bytes.collect();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The bits of the elements in a buffer.
pub(crate) fn unpack(dtype: Dtype, bytes: &[u8]) -> Vec<u32> {
    let element = |bytes: &[u8]| {
        let mut word = [0; 4];
        word[..bytes.len()].copy_from_slice(bytes);
        u32::from_le_bytes(word)
    };
    bytes
        .chunks_exact(dtype.size() as usize)
        .map(element)
        .collect()
}

/// A guard is a NaN with a payload, which no kernel produces: where it still stands, nothing wrote.
fn guard(dtype: Dtype) -> u32 {
    match dtype {
        Dtype::F32 => 0x7fc0_dead,
        Dtype::F16 => 0x7ead,
        _ => 0x7fdd,
    }
}

/// A tensor in a buffer of guards.
pub(crate) struct Guarded {
    pub(crate) view: TensorView,
    offset: usize,
}

impl Guarded {
    /// `values`, rounded to the type, at `offset` (elements) in a buffer of its own.
    pub(crate) fn new(device: &wgpu::Device, dtype: Dtype, values: &[f32], offset: usize) -> Self {
        let mut elements = vec![guard(dtype); (offset + values.len() + 67).next_multiple_of(2)];
        let inside = &mut elements[offset..offset + values.len()];
        for (element, value) in inside.iter_mut().zip(values) {
            *element = bits(dtype, *value);
        }
        let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("test"),
            contents: &pack(dtype, &elements),
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
        });
        let start = offset as u64 * dtype.size();
        let view = TensorView::new(&buffer, dtype, start, values.len() as u64);
        Self {
            view: view.expect("inside"),
            offset,
        }
    }

    /// Its elements; everything around them must still be a guard.
    pub(crate) fn elements(&self, device: &wgpu::Device, queue: &wgpu::Queue) -> Vec<u32> {
        let dtype = self.view.dtype();
        let words = super::download(device, queue, self.view.buffer());
        let all = unpack(dtype, bytemuck::cast_slice(&words));
        let inside = self.offset..self.offset + self.view.len() as usize;
        for (index, element) in all.iter().enumerate() {
            assert!(
                inside.contains(&index) || *element == guard(dtype),
                "element {index} of {dtype} was written: {element:#x}"
            );
        }
        all[inside].to_vec()
    }
}
