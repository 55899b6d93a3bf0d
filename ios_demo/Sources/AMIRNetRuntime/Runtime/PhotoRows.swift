/// A photo as the runtime knows it: rows that it reads, and rectangles that it overwrites (CONTRACT S2, S3).

/// A photo, upright, that restored rectangles are put into while rows further down are still to be read. An array, a
/// file, a phone's bitmap are kinds of it. It is used by one restore at a time.
public protocol PhotoRows: AnyObject {
    var width: Int { get }

    var height: Int { get }

    /// By how much the rectangles written so far differ from the photo (CONTRACT R5).
    var change: Change { get }

    /// The rows top ..< bottom as the network sees them (CONTRACT N2); of `InputWindow` top is a multiple of BLOCK, and
    /// none of them has been overwritten.
    func read(_ top: Int, _ bottom: Int) throws -> Pixels

    /// Let a restored rectangle take the place of the photo's, and add it to `change`; `seen` is what the network saw
    /// there.
    func write(_ top: Int, _ left: Int, _ seen: Pixels, _ restored: Pixels) throws

    /// The photo as it was before anything was written, with no change: where an attempt ended half way.
    func reopened() throws -> Self
}
