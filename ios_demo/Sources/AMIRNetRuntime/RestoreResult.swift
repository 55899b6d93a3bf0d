/// What restoring a photo gives beside the photo: how it came about.

/// How a photo was restored: by which diagnosis, at whose wish, in how many tiles of which size a side.
public struct Restored: Sendable {
    public let diagnosis: Diagnosis
    public let options: RestoreOptions
    public let tile: Int
    public let tiles: Int
    /// PSNR in dB of the result against the photo, at most 100, where nothing changed (CONTRACT R5).
    public let changePsnr: Double
    /// How long the stages took: "encode", "restore" and "total".
    public let seconds: [String: Double]

    /// Whether there was nothing to mend: the photo is as good as unchanged.
    public var leftAlone: Bool { changePsnr >= LEFT_ALONE }
}

/// A restored photo: its rows, and how they came about.
public struct RestoreResult<Rows: PhotoRows> {
    /// Where memory was short, they are others than were given.
    public let rows: Rows
    public let restored: Restored
}

extension RestoreResult: Sendable where Rows: Sendable {}
