/// Before and after as the screen shows them: the whole photo, and the part that is zoomed into, in its own pixels.
import AMIRNetApp
import AMIRNetRuntime
import CoreGraphics
import Foundation
import Observation

/// Two pictures of one part of the photo, 0...1 along each side.
struct Pair {
    let part: CGRect
    let before: CGImage
    let after: CGImage
}

@MainActor
@Observable
final class PictureModel {
    var compare = Compare()
    /// The photo while it is restored.
    private(set) var photo: CGImage?
    private(set) var whole: Pair?
    private(set) var detail: Pair?
    /// The light on the screen is a preview.
    private(set) var isPreview = false
    private var shown: Shown?
    private var latest = 0

    func clear() {
        (photo, whole, detail, shown, compare) = (nil, nil, nil, nil, Compare())
        latest += 1
    }

    /// A photo that was just opened.
    func open(_ photo: OpenPhoto) async {
        latest += 1
        let number = latest
        let drawn = await Task.detached {
            let whole = (left: 0.0, top: 0.0, right: 1.0, bottom: 1.0)
            let request = PictureRequest(
                width: photo.width, height: photo.height, part: whole, most: Layout.picture / 2)
            return CGImage.of(photo.picture(request))
        }.value
        if number == latest { self.photo = drawn }
    }

    /// What the choices ask for, as far as the result at hand can show it.
    func show(_ buffer: PhotoBuffer, _ restored: Restored, used: Choices, wanted: Choices) async {
        let light = restored.diagnosis.light
        let aim = Preview.light(used: light, usedScale: used.lightScale, wantedScale: wanted.lightScale)
        isPreview = wanted.light != used.light
        shown = Shown(buffer: buffer, used: light, wanted: aim, parts: wanted.parts)
        await draw()
    }

    /// After a zoom or a move: the part that is seen, as sharp as the screen.
    func settle() async {
        await draw()
    }

    /// Draws anew; what was asked for meanwhile makes an older drawing worthless.
    private func draw() async {
        guard let shown else { return }
        latest += 1
        let number = latest
        let part = compare.zoom > 1 ? compare.seen : nil
        let drawn = await Task.detached { shown.pairs(part) }.value
        guard number == latest else { return }
        (whole, detail) = (drawn.whole, drawn.detail)
    }
}

/// What is drawn, away from the screen's actor.
private struct Shown: Sendable {
    let buffer: PhotoBuffer
    let used: LightCurve?
    let wanted: LightCurve?
    let parts: Int

    /// The whole photo, and the part where one is zoomed into.
    func pairs(_ part: (left: Double, top: Double, right: Double, bottom: Double)?) -> (whole: Pair?, detail: Pair?) {
        (pair((0, 0, 1, 1)), part.flatMap(pair))
    }

    private func pair(_ part: (left: Double, top: Double, right: Double, bottom: Double)) -> Pair? {
        let request = PictureRequest(width: buffer.width, height: buffer.height, part: part, most: Layout.picture)
        let before = buffer.before(request)
        var after = buffer.after(request)
        if let used, let wanted { after = Preview.relit(after, used: used, wanted: wanted) }
        guard let first = CGImage.of(before), let second = CGImage.of(Preview.mixed(before, after, parts: parts)) else {
            return nil
        }
        let place = request.part(width: buffer.width, height: buffer.height)
        return Pair(
            part: CGRect(x: place.x, y: place.y, width: place.width, height: place.height), before: first, after: second
        )
    }
}
