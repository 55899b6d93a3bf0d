/// Pixels in a file of the app's own that is mapped into memory: the system may write what is not in use back to the
/// file, so a large photo does not have to fit into what an app may hold. 4 bytes a pixel, the first three R, G and B.
import AMIRNetRuntime
import Foundation

public final class MappedPixels: @unchecked Sendable {
    public static let CHANNELS = 4

    /// Row by row, without gaps; written and read by one owner at a time.
    public let bytes: UnsafeMutableRawBufferPointer

    /// All 0 at first. The file is unlinked at once: nothing is left of it, however the app ends.
    ///
    /// Throws OutOfMemoryError where there is no room for it, on the disk or in the address space.
    public init(width: Int, height: Int, folder: URL) throws {
        let count = width * height * MappedPixels.CHANNELS
        let path = folder.appendingPathComponent("pixels-\(UUID().uuidString)").path
        let file = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        let photo = "a photo of \(width)x\(height)"
        guard file >= 0 else { throw OutOfMemoryError("\(photo): no file for its pixels; make room on the phone") }
        defer { close(file) }
        unlink(path)
        guard ftruncate(file, off_t(count)) == 0 else {
            throw OutOfMemoryError("\(photo): no room for \(count) bytes of pixels; make room on the phone")
        }
        let place = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let place, place != MAP_FAILED else {
            throw OutOfMemoryError("\(photo): \(count) bytes cannot be mapped; close other apps")
        }
        bytes = UnsafeMutableRawBufferPointer(start: place, count: count)
    }

    deinit {
        munmap(bytes.baseAddress!, bytes.count)
    }
}
