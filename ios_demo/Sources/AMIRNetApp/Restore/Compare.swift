/// The before and after picture: where the divider is, how far it is zoomed, and which part of the photo is seen. Both
/// halves are drawn from the same rectangle, so they cannot fall out of step. Lengths are points of the screen.

public struct Compare: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            (self.x, self.y) = (x, y)
        }
    }

    public struct Rectangle: Sendable, Equatable {
        public let x: Double
        public let y: Double
        public let width: Double
        public let height: Double
    }

    public static let MOST_ZOOM = 16.0
    private static let STEP = 2.0
    private static let GRAB = 32.0

    /// 0...1 of the view's width; what is left of it shows the photo before.
    public private(set) var divider = 0.5
    /// 1 shows the whole photo.
    public private(set) var zoom = 1.0
    /// The place of the photo, 0...1 along each side, in the middle of the view.
    private var middle = Point(x: 0.5, y: 0.5)
    private var view = Point(x: 1, y: 1)
    private var photo = Point(x: 1, y: 1)

    public init() {}

    /// The view's size, and the photo's in any unit: only its shape matters.
    public mutating func resize(view: Point, photo: Point) {
        guard view.x > 0, view.y > 0, photo.x > 0, photo.y > 0 else { return }
        (self.view, self.photo) = (view, photo)
        clamp()
    }

    /// Under the finger, wherever it is.
    public mutating func drag(dividerTo x: Double) {
        divider = min(max(x / view.x, 0), 1)
    }

    /// Whether a drag that begins there moves the divider: anywhere while the whole photo is seen, near the divider
    /// where the photo is zoomed and any other drag moves the photo.
    public func grabs(_ x: Double) -> Bool {
        zoom == 1 || abs(x - dividerX) <= Compare.GRAB
    }

    /// By a step of a keyboard or of VoiceOver.
    public mutating func step(divider by: Double) {
        divider = min(max(divider + by, 0), 1)
    }

    /// The photo's place under the fingers stays under them.
    public mutating func pinch(to zoom: Double, about finger: Point) {
        let before = place(of: finger)
        self.zoom = min(max(zoom, 1), Compare.MOST_ZOOM)
        let after = place(of: finger)
        middle.x += before.x - after.x
        middle.y += before.y - after.y
        clamp()
    }

    public mutating func pan(x: Double, y: Double) {
        let whole = whole
        middle.x -= x / (whole.width * zoom)
        middle.y -= y / (whole.height * zoom)
        clamp()
    }

    public mutating func zoomIn() { pinch(to: zoom * Compare.STEP, about: center) }
    public mutating func zoomOut() { pinch(to: zoom / Compare.STEP, about: center) }

    public mutating func reset() {
        (zoom, middle) = (1, Point(x: 0.5, y: 0.5))
    }

    /// Where the whole photo is drawn, before and after alike; the view cuts off what is outside it.
    public var frame: Rectangle {
        let whole = whole
        let (width, height) = (whole.width * zoom, whole.height * zoom)
        return Rectangle(
            x: view.x / 2 - middle.x * width, y: view.y / 2 - middle.y * height, width: width, height: height)
    }

    /// The part of the photo that is seen, 0...1 along each side.
    public var seen: (left: Double, top: Double, right: Double, bottom: Double) {
        let frame = frame
        func part(_ edge: Double, _ start: Double, _ length: Double) -> Double {
            min(max((edge - start) / length, 0), 1)
        }
        return (
            part(0, frame.x, frame.width), part(0, frame.y, frame.height), part(view.x, frame.x, frame.width),
            part(view.y, frame.y, frame.height)
        )
    }

    /// The divider's x in the view.
    public var dividerX: Double { divider * view.x }

    public var dividerWords: Words { Words("compare_slider_value", .number(Int((divider * 100).rounded()))) }

    public var zoomWords: Words { Words("compare_zoom_value", .decimal(zoom, digits: 1)) }

    private var center: Point { Point(x: view.x / 2, y: view.y / 2) }

    /// The whole photo as large as the view allows.
    private var whole: Rectangle {
        let scale = min(view.x / photo.x, view.y / photo.y)
        return Rectangle(x: 0, y: 0, width: photo.x * scale, height: photo.y * scale)
    }

    /// The photo's place, 0...1, at a point of the view.
    private func place(of point: Point) -> Point {
        let frame = frame
        return Point(x: (point.x - frame.x) / frame.width, y: (point.y - frame.y) / frame.height)
    }

    /// No gap between the photo's edge and the view's where the photo is larger; in the middle where it is not.
    private mutating func clamp() {
        let whole = whole
        middle.x = clamped(middle.x, seen: view.x / (whole.width * zoom))
        middle.y = clamped(middle.y, seen: view.y / (whole.height * zoom))
    }

    private func clamped(_ middle: Double, seen: Double) -> Double {
        seen >= 1 ? 0.5 : min(max(middle, seen / 2), 1 - seen / 2)
    }
}
