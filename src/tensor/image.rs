use std::fmt;

/// What the texels of a texture are that kernels load and store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// Four channels from 0 to 1 in 255 steps.
    Rgba8Unorm,
    /// Four channels of IEEE 754 binary16.
    Rgba16Float,
    /// Four channels of IEEE 754 binary32.
    Rgba32Float,
}

impl ImageFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rgba8Unorm, Self::Rgba16Float, Self::Rgba32Float];

    /// What wgpu calls it.
    pub const fn texture_format(self) -> wgpu::TextureFormat {
        match self {
            Self::Rgba8Unorm => wgpu::TextureFormat::Rgba8Unorm,
            Self::Rgba16Float => wgpu::TextureFormat::Rgba16Float,
            Self::Rgba32Float => wgpu::TextureFormat::Rgba32Float,
        }
    }

    /// Its name in WGSL: `rgba8unorm`, `rgba16float`, `rgba32float`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rgba8Unorm => "rgba8unorm",
            Self::Rgba16Float => "rgba16float",
            Self::Rgba32Float => "rgba32float",
        }
    }
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which channels of a texel an activation is applied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Channels {
    /// Red, green, blue and alpha, each by itself.
    #[default]
    Rgba,
    /// Red, green and blue, each by itself; alpha stays as it is.
    Rgb,
}

/// One level of a caller's two-dimensional texture.
///
/// Read, it needs [`TextureUsages::TEXTURE_BINDING`](wgpu::TextureUsages::TEXTURE_BINDING), and written
/// [`TextureUsages::STORAGE_BINDING`](wgpu::TextureUsages::STORAGE_BINDING). It holds the texture by wgpu's own
/// reference count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageView {
    texture: wgpu::Texture,
    format: ImageFormat,
    level: u32,
}

impl ImageView {
    /// The largest level.
    pub fn new(texture: &wgpu::Texture) -> Result<Self, ImageError> {
        Self::at_level(texture, 0)
    }

    /// One mip level, counted from 0.
    pub fn at_level(texture: &wgpu::Texture, level: u32) -> Result<Self, ImageError> {
        let format = ImageFormat::ALL
            .into_iter()
            .find(|format| format.texture_format() == texture.format())
            .ok_or_else(|| ImageError::Format {
                format: texture.format(),
            })?;
        if texture.dimension() != wgpu::TextureDimension::D2 {
            return Err(ImageError::Dimension {
                dimension: texture.dimension(),
            });
        }
        if texture.sample_count() != 1 {
            return Err(ImageError::Samples {
                samples: texture.sample_count(),
            });
        }
        // OpenGL shows any layer of an array as its first.
        if texture.depth_or_array_layers() != 1 {
            return Err(ImageError::Layers {
                layers: texture.depth_or_array_layers(),
            });
        }
        let levels = texture.mip_level_count();
        if level >= levels {
            return Err(ImageError::Level { level, levels });
        }
        Ok(Self {
            texture: texture.clone(),
            format,
            level,
        })
    }

    /// The texture that it looks on.
    pub fn texture(&self) -> &wgpu::Texture {
        &self.texture
    }

    /// Which of the texture's mip levels it is.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// What its texels are.
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// Width and height in texels.
    pub fn size(&self) -> (u32, u32) {
        let whole = self.texture.size();
        let at_level = |length: u32| (length >> self.level).max(1);
        (at_level(whole.width), at_level(whole.height))
    }

    /// What a bind group takes.
    pub(crate) fn create_view(&self) -> wgpu::TextureView {
        self.texture.create_view(&wgpu::TextureViewDescriptor {
            label: Some("activation image"),
            dimension: Some(wgpu::TextureViewDimension::D2),
            base_mip_level: self.level,
            mip_level_count: Some(1),
            ..Default::default()
        })
    }
}

/// Why a view of a texture was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// Its texels are of another kind.
    #[error(
        "the texture's format is {format:?}, but kernels load and store Rgba8Unorm, Rgba16Float and \
         Rgba32Float; create it with one of these"
    )]
    Format {
        /// The format that the texture was created with.
        format: wgpu::TextureFormat,
    },
    /// It is a line or a volume.
    #[error("the texture's dimension is {dimension:?}; create it with TextureDimension::D2")]
    Dimension {
        /// The dimension that the texture was created with.
        dimension: wgpu::TextureDimension,
    },
    /// It has several samples in a texel.
    #[error(
        "the texture has {samples} samples in a texel, but must have 1; resolve it into another"
    )]
    Samples {
        /// How many samples it was created with.
        samples: u32,
    },
    /// It is an array.
    #[error("the texture has {layers} layers, but must have 1; give each layer a texture")]
    Layers {
        /// How many there are.
        layers: u32,
    },
    /// It has no such level.
    #[error(
        "there is no level {level} in a texture of {levels}, counted from 0; choose one below {levels}"
    )]
    Level {
        /// The level that was asked for.
        level: u32,
        /// How many there are.
        levels: u32,
    },
}
