//! Rows on devices with subgroups, where the adapter has them, and without.

use wgpu_activations::{Dtype, RowActivation, Rows};

use super::common::adapter;
use super::common::subject::Subject;
use super::masked::{Masked, check_masked_forward};
use super::subject::{check_backward, check_forward, check_in_place};
use super::{F32, values};

/// A device without subgroups, and one with them where the adapter has them.
fn subjects() -> Vec<Subject> {
    let adapter = adapter();
    let info = adapter.get_info();
    let subgroup = adapter.features() & wgpu::Features::SUBGROUP;
    println!(
        "{subgroup:?}, {}..={} lanes",
        info.subgroup_min_size, info.subgroup_max_size
    );
    let mut sets = vec![wgpu::Features::empty(), subgroup];
    sets.dedup();
    let subject = |required_features| {
        let descriptor = wgpu::DeviceDescriptor {
            required_features,
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let device = pollster::block_on(adapter.request_device(&descriptor));
        Subject::new(device.expect("what the adapter has"))
    };
    sets.into_iter().map(subject).collect()
}

/// Teams of every size: a part of a subgroup, one, several. One function on one device is the other on the
/// other: where a team meets, nothing is known of what becomes of its rows.
#[test]
fn teams_of_every_size() {
    for (device, gpu) in subjects().iter().enumerate() {
        for (size, (outer, len)) in [
            (7, 9),
            (40, 20),
            (9, 50),
            (9, 100),
            (5, 250),
            (5, 500),
            (3, 1000),
            (2, 2000),
        ]
        .into_iter()
        .enumerate()
        {
            let activation = match (device + size) % 2 {
                0 => RowActivation::softmax(),
                _ => RowActivation::log_softmax(),
            };
            let rows = Rows::along(&[outer, len], -1).expect("a shape");
            let values = values(rows.elements(), 10.0);
            let worst = check_forward(gpu, &activation, &rows, &values, F32);
            println!("{activation:?} {outer} x {len}: {worst:.2} ULP");
        }
    }
}

#[test]
fn gradients_parts_masks_and_neighbours() {
    let (softmax, log_softmax) = (RowActivation::softmax(), RowActivation::log_softmax());
    for (device, gpu) in subjects().iter().enumerate() {
        for (index, (shape, axis)) in [
            (&[9, 30][..], 1),
            (&[3, 700], 1),
            (&[2, 70_001], 1),
            (&[3, 100, 5], 1),
        ]
        .into_iter()
        .enumerate()
        {
            let rows = Rows::along(shape, axis).expect("a shape");
            let inputs = values(rows.elements(), 5.0);
            check_in_place(gpu, &softmax, &rows, &inputs, (Dtype::Bf16, 3));
            // Shares that are as good as any.
            let outputs: Vec<f32> = inputs.iter().map(|x| -x.abs() / 50.0).collect();
            let gradients = values(rows.elements(), 2.0);
            let tensors = [(Dtype::F32, 1), (Dtype::F16, 2), (Dtype::F32, 3)];
            check_backward(gpu, &log_softmax, &rows, [&outputs, &gradients], tensors);
            let seen = (shape, axis);
            // One mask on one device, the other on the other.
            if (device + index) % 2 == 0 {
                let causal = Masked::causal(seen, Some(20));
                check_masked_forward(gpu, &softmax, &causal, &inputs, F32);
            } else {
                let additive = Masked::additive(gpu, seen, shape, &gradients, (Dtype::F32, 0));
                check_masked_forward(gpu, &log_softmax, &additive, &inputs, F32);
            }
        }
    }
}
