use wgpu_activations::Activation;
use wgpu_activations::verify::Direction;

use super::*;

fn adapter() -> Adapter {
    Adapter::open(AdapterChoice { name: None }).unwrap()
}

fn relu(adapter: &mut Adapter) -> Result<[f32; 2], OffloadError> {
    let oracle = Oracle::new(&Activation::relu(), Direction::Forward).unwrap();
    let mut outputs = [0.0; 2];
    adapter.results(&oracle, &[-1.0, 3.0], &mut outputs)?;
    Ok(outputs)
}

#[test]
fn a_lost_device_is_replaced() {
    let mut adapter = adapter();
    for _ in 0..2 {
        adapter.gpu.device().destroy();
        let mut outputs = [0.0; 2];
        let oracle = Oracle::new(&Activation::relu(), Direction::Forward).unwrap();
        let lost = adapter
            .gpu
            .results_into(&oracle, &[-1.0, 3.0], &mut outputs);
        assert!(matches!(lost, Err(OffloadError::DeviceLost)), "{lost:?}");
        assert_eq!(relu(&mut adapter).unwrap(), [0.0, 3.0]);
    }
}

#[test]
fn another_adapter_does_not_stand_in_for_one_that_has_gone() {
    let mut adapter = adapter();
    adapter.identity.driver.push_str(" of another day");
    assert!(relu(&mut adapter).is_ok());
    adapter.gpu.device().destroy();
    let lost = relu(&mut adapter);
    assert!(matches!(lost, Err(OffloadError::DeviceLost)), "{lost:?}");
}
