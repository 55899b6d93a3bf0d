/// What the runtime has to know of a model; a bundle's manifest states it.

/// The encoder's patches: squares of `size` pixels, at most `probesPerSide` along a side of the photo (the manifest's
/// `grid`).
public struct ProbeGeometry: Sendable, Equatable {
    public let size: Int
    public let probesPerSide: Int
    /// One in so many probes is left out at either end when a code is averaged, 0 for none (CONTRACT D5); else at
    /// least 3.
    public let trim: Int
}

/// The restorer's tiles, in pixels. Size and halo are multiples of `alignment`.
public struct TileGeometry: Sendable, Equatable {
    public let size: Int
    public let halo: Int
    public let overlap: Int
    public let alignment: Int
    /// How far the network sees; guaranteed to be at most `halo`.
    public let radius: Int
    /// The graph takes any multiple of the alignment, not only `size`.
    public let flexible: Bool
    /// At least `size`: what a flexible graph is run with where there is room (CONTRACT L7).
    public let preferred: Int
}

public struct ModelSpec: Sendable, Equatable {
    /// Names the model in messages.
    public let `where`: String
    public let tree: DegradationTree
    public let probe: ProbeGeometry
    public let tile: TileGeometry
    /// Says how bright a photo is to be; nil where that is left to the network.
    public let light: LightHead?
}
