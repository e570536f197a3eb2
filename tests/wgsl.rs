//! WGSL to take away: it stands by itself, and computes what the kernels do.

mod common;

use common::subject::Subject;
use common::{download, ramp, run, upload};
use naga::valid::{Capabilities, ValidationFlags, Validator};
use naga_oil::compose::{
    ComposableModuleDescriptor, Composer, NagaModuleDescriptor, ShaderLanguage,
};
use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, CustomActivation, TensorView};

fn all() -> impl Iterator<Item = Activation> {
    catalogue().map(Activation::from_definition)
}

fn text(activation: &Activation) -> String {
    activation.wgsl().expect("its modules exist")
}

fn check(name: &str, wgsl: &str) {
    let module = naga::front::wgsl::parse_str(wgsl)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(wgsl)));
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    if let Err(error) = validator.validate(&module) {
        panic!("{name}: {}", error.emit_to_string(wgsl));
    }
}

#[test]
fn each_compiles_by_itself() {
    for activation in catalogue().flat_map(Activation::variants) {
        check(activation.name(), &text(&activation));
    }
}

#[test]
fn all_compile_in_one_module() {
    let texts: Vec<_> = all().map(|activation| text(&activation)).collect();
    check("all", &texts.concat());
}

/// With another of its kind and functions that call both.
#[test]
fn each_compiles_in_a_module_of_naga_oil() {
    let silu = text(&Activation::silu());
    for activation in all().filter(|activation| activation.name() != "silu") {
        let name = activation.name();
        let mut composer = Composer::default();
        for (path, source) in [("first", &text(&activation)), ("second", &silu)] {
            let source = format!("#define_import_path activations::{path}\n{source}");
            let descriptor = ComposableModuleDescriptor {
                source: &source,
                file_path: path,
                language: ShaderLanguage::Wgsl,
                ..Default::default()
            };
            if let Err(error) = composer.add_composable_module(descriptor) {
                panic!("{name}: {}", error.emit_to_string(&composer));
            }
        }
        let source = format!(
            "#import activations::first\n#import activations::second::silu_forward\n\
             @fragment fn main(@location(0) x: f32) -> @location(0) vec4<f32> {{\n\
             return vec4<f32>(first::{name}_forward(x), first::{name}_derivative(x), silu_forward(x), 1.0);\n}}"
        );
        let module = composer.make_naga_module(NagaModuleDescriptor {
            source: &source,
            file_path: "main",
            ..Default::default()
        });
        if let Err(error) = module {
            panic!("{name}: {}", error.emit_to_string(&composer));
        }
    }
}

#[test]
fn it_declares_nothing_without_its_name() {
    for activation in all() {
        let (name, text) = (activation.name(), text(&activation));
        let declared = text.lines().filter_map(|line| {
            let words = ["fn ", "const ", "struct ", "alias ", "var"].iter();
            words.filter_map(|word| line.strip_prefix(word)).next()
        });
        for declaration in declared {
            assert!(
                declaration.starts_with(&format!("{name}_")),
                "{declaration}"
            );
        }
        assert!(
            text.contains(&format!("fn {name}_forward(x: f32) -> f32 {{")),
            "{text}"
        );
        assert!(
            text.contains(&format!("fn {name}_derivative(x: f32) -> f32 {{")),
            "{text}"
        );
        for parameter in activation.parameters() {
            assert!(
                text.contains(&format!("\n    {}: f32,", parameter.name)),
                "{text}"
            );
        }
    }
}

/// Both functions of each input, side by side, from a shader of the test's own.
fn results(gpu: &Subject, activation: &Activation, inputs: &[f32]) -> Vec<f32> {
    let name = activation.name();
    let wgsl = format!(
        "{}
@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<vec2<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
    if (id.x < arrayLength(&inputs)) {{
        let x = inputs[id.x];
        results[id.x] = vec2<f32>({name}_forward(x), {name}_derivative(x));
    }}
}}",
        text(activation)
    );
    let module = gpu
        .device
        .create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(wgsl.into()),
        });
    let pipeline = (gpu.device).create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(name),
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
    let input = upload(&gpu.device, inputs);
    let output = upload(&gpu.device, &vec![0.0; 2 * inputs.len()]);
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: input.as_entire_binding(),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: output.as_entire_binding(),
            },
        ],
    });
    run(&gpu.device, &gpu.queue, |encoder| {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups((inputs.len() as u32).div_ceil(64), 1, 1);
    });
    download(&gpu.device, &gpu.queue, &output)
}

/// The same of the library's kernels.
fn results_of_kernels(gpu: &Subject, activation: &Activation, inputs: &[f32]) -> Vec<f32> {
    let [input, ones, y, slope] = [inputs, &vec![1.0; inputs.len()], inputs, inputs]
        .map(|values| upload(&gpu.device, values));
    let [input_view, ones, y_view, slope_view] =
        [&input, &ones, &y, &slope].map(|buffer| TensorView::f32(buffer).expect("a view"));
    let prepared = [
        gpu.kernels.forward(activation, &input_view, &y_view),
        gpu.kernels
            .backward(activation, &input_view, &ones, &slope_view),
    ];
    run(&gpu.device, &gpu.queue, |encoder| {
        for prepared in prepared {
            prepared.expect("prepared").encode(encoder);
        }
    });
    let [y, slope] = [y, slope].map(|buffer| download(&gpu.device, &gpu.queue, &buffer));
    y.into_iter()
        .zip(slope)
        .flat_map(<[f32; 2]>::from)
        .collect()
}

#[test]
fn its_results_are_those_of_the_kernels() {
    let gpu = Subject::shared();
    let mut inputs = ramp(4000);
    inputs.extend([
        0.0,
        -0.0,
        f32::MAX,
        f32::MIN,
        f32::INFINITY,
        -f32::INFINITY,
        f32::NAN,
    ]);
    inputs.extend((0..2000_u32).map(|index| f32::from_bits(index.wrapping_mul(2_147_483_629))));
    // A compiler that sees the hyper-parameters may give zeros the other sign, unless the function is odd.
    let agree = |is_odd: bool, y: f32, expected: f32| {
        let is_same = y.to_bits() == expected.to_bits();
        is_same || (y == expected && !is_odd) || (y.is_nan() && expected.is_nan())
    };
    for definition in catalogue() {
        // The last of its sets of hyper-parameters: unusual ones, where there are some.
        let activation = Activation::variants(definition)
            .last()
            .expect("the defaults");
        let pairs = results(gpu, &activation, &inputs).into_iter();
        let expected = results_of_kernels(gpu, &activation, &inputs);
        for (index, (y, expected)) in pairs.zip(expected).enumerate() {
            let (name, x) = (activation.name(), inputs[index / 2]);
            assert!(
                agree(definition.properties.zero_centred, y, expected),
                "{name} at {x:e}: {y:e} for {expected:e}"
            );
        }
    }
}

#[test]
fn a_callers_own_is_renamed_too() {
    let custom = CustomActivation::new(
        "cubic",
        "const THREE: f32 = 3.0;\nfn square(x: f32) -> f32 { return x * x; }
         fn forward(x: f32) -> f32 { return x * square(x); }
         fn derivative(x: f32) -> f32 { return THREE * square(x); }",
    );
    let text = text(&Activation::custom(custom.expect("a name")));
    check("cubic", &text);
    assert!(
        text.contains("return cubic_THREE * cubic_square(x);"),
        "{text}"
    );
}
