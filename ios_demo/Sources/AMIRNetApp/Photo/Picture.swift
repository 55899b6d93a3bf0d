/// What the screen shows of a photo: a part of it, no finer than the screen. Before and after are averaged over the
/// same pixels, so they differ by what was restored and by nothing else.
import AMIRNetRuntime

/// A part of an upright photo, in whole pixels, and how many of them a side make one of the picture.
public struct PictureRequest: Sendable, Equatable {
    public let x: Int
    public let y: Int
    /// Of the picture.
    public let columns: Int
    public let rows: Int
    public let step: Int

    /// - Parameters:
    ///   - part: of the photo, 0...1 along each side: (left, top, right, bottom); cut to what there is.
    ///   - most: pixels that the longer side of the picture may have.
    public init(
        width: Int, height: Int, part: (left: Double, top: Double, right: Double, bottom: Double), most: Int
    ) {
        func pixel(_ place: Double, _ count: Int) -> Int { Int((min(max(place, 0), 1) * Double(count)).rounded(.down)) }
        let (left, top) = (min(pixel(part.left, width), width - 1), min(pixel(part.top, height), height - 1))
        let right = max(left + 1, min(width, pixel(part.right, width) + 1))
        let bottom = max(top + 1, min(height, pixel(part.bottom, height) + 1))
        step = max(1, (max(right - left, bottom - top) + most - 1) / most)
        (x, y) = (left, top)
        (columns, rows) = ((right - left + step - 1) / step, (bottom - top + step - 1) / step)
    }

    /// Where the picture lies in the photo, 0...1 along each side. Its last row and column may look beyond what was
    /// asked for, and beyond the photo.
    public func part(width: Int, height: Int) -> Compare.Rectangle {
        let (across, down) = (Double(width), Double(height))
        return Compare.Rectangle(
            x: Double(x) / across, y: Double(y) / down, width: Double(columns * step) / across,
            height: Double(rows * step) / down)
    }
}

extension OpenPhoto {
    /// The photo as it is, in sRGB.
    public func picture(_ request: PictureRequest) -> Pixels {
        averaged(request, width: width, height: height, read)
    }
}

extension PhotoBuffer {
    /// The photo as it was.
    public func before(_ request: PictureRequest) -> Pixels { photo.picture(request) }

    /// The restored photo, whole: strength is mixed by `Preview`, in the picture, as its slider moves.
    public func after(_ request: PictureRequest) -> Pixels {
        averaged(request, width: width, height: height) { mixed($0, $1, parts: 256) }
    }
}

private let SAMPLES = 4

/// Of `step` rows and columns at most `SAMPLES` each are looked at: a screen shows no more.
private func averaged(
    _ request: PictureRequest, width: Int, height: Int, _ read: (Int, Int) -> Pixels
) -> Pixels {
    let (step, columns) = (request.step, request.columns)
    let stride = max(1, step / SAMPLES)
    var bytes = [UInt8](repeating: 0, count: request.rows * columns * 3)
    for row in 0..<request.rows {
        let top = request.y + row * step
        var sums = [Int](repeating: 0, count: columns * 3)
        var counts = [Int](repeating: 0, count: columns)
        for line in Swift.stride(from: top, to: min(top + step, height), by: stride) {
            let pixels = read(line, line + 1)
            for column in 0..<columns {
                let left = request.x + column * step
                for place in Swift.stride(from: left, to: min(left + step, width), by: stride) {
                    for channel in 0..<3 { sums[column * 3 + channel] += Int(pixels.bytes[place * 3 + channel]) }
                    counts[column] += 1
                }
            }
        }
        for place in sums.indices {
            let count = max(1, counts[place / 3])
            bytes[row * columns * 3 + place] = UInt8((sums[place] + count / 2) / count)
        }
    }
    return Pixels(height: request.rows, width: columns, bytes: bytes)
}
