/// A photo's rows in bands: so many at a time are decoded, looked at, or mixed, so that no more is in memory.

/// Rows of a band where no more is known.
public let BAND_ROWS = 64

public enum Bands {
    /// Bytes that a band may take while it is decoded. A decoder that has to begin at the first row for each band, as
    /// one for JPEG may, wants few of them.
    public static let MOST_BYTES = 32_000_000

    /// Rows from top to bottom, each once; `most` bytes a band at most, but a row at least.
    public static func plan(width: Int, height: Int, most: Int = MOST_BYTES) -> [Range<Int>] {
        let rows = max(1, most / (width * MappedPixels.CHANNELS))
        return stride(from: 0, to: height, by: rows).map { $0..<min($0 + rows, height) }
    }
}
