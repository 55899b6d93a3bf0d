/// How a photo lies in its file, and where its upright pixels are stored (CONTRACT N2).

/// By EXIF's values. The upright pixel (x, y) is stored at (sx, sy): x and y change places if `swapped`, then sx counts
/// from the right edge if `flippedX`, and sy from the lower one if `flippedY`.
public enum Orientation: Int, Sendable, Codable, CaseIterable {
    case upright = 1
    case mirrored
    case halfTurn
    case mirroredDown
    case transposed
    case rightTurn
    case transverse
    case leftTurn

    /// By EXIF's value; what is none of the eight counts as upright, as everywhere.
    public init(tag: Int) {
        self = Orientation(rawValue: tag) ?? .upright
    }

    public var swapped: Bool { rawValue >= 5 }
    public var flippedX: Bool { [.mirrored, .halfTurn, .transverse, .leftTurn].contains(self) }
    public var flippedY: Bool { [.halfTurn, .mirroredDown, .rightTurn, .transverse].contains(self) }
}

/// Walks through stored pixels in upright order.
struct StoredPlaces {
    /// Of the upright photo.
    let width: Int
    let height: Int
    /// The place of the upright pixel (0, 0), and the steps from there to the next pixel of its row, and to the next
    /// row.
    let start: Int
    let right: Int
    let down: Int

    /// Places count pixels, row by row as stored.
    init(storedWidth: Int, storedHeight: Int, _ orientation: Orientation) {
        let (width, height) = (storedWidth, storedHeight)
        (self.width, self.height) = orientation.swapped ? (height, width) : (width, height)
        let x = orientation.flippedX ? -1 : 1
        let y = orientation.flippedY ? -width : width
        start = (orientation.flippedX ? width - 1 : 0) + (orientation.flippedY ? (height - 1) * width : 0)
        (right, down) = orientation.swapped ? (y, x) : (x, y)
    }
}
