/// Lengths of all screens, in points. tools/drawings.py draws the screens with the same ones.
import Foundation

enum Layout {
    static let margin = 16.0
    static let gap = 12.0
    static let line = 6.0
    static let corner = 20.0
    static let inset = 16.0
    /// The part of a screen's height that a photo may take.
    static let photo = 0.52
    static let divider = 3.0
    static let knob = 40.0
    static let curve = 160.0
    static let icon = 64.0
    static let chip = 10.0
    /// Text is not wider than this on a wide screen.
    static let column = 640.0
    /// Pixels of the longer side of a picture on the screen.
    static let picture = 2048
}
