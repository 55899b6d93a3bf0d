/// Before and after under one divider. There is one zoom and one place for both, so they cannot fall out of step.
import AMIRNetApp
import SwiftUI

struct CompareCard: View {
    @Bindable var pictures: PictureModel
    /// Of the photo, in its pixels.
    let width: Double
    let height: Double
    @State private var drag = DragKind.none
    @State private var last = CGSize.zero
    @State private var zoomed = 1.0

    private enum DragKind { case none, divider, photo }

    var body: some View {
        VStack(alignment: .leading, spacing: Layout.line) {
            GeometryReader { view in
                ZStack(alignment: .topLeading) {
                    picture(\.after)
                    picture(\.before).mask(alignment: .leading) {
                        Rectangle().frame(width: pictures.compare.dividerX)
                    }
                    divider(height: view.size.height)
                }
                .frame(width: view.size.width, height: view.size.height, alignment: .topLeading)
                .clipped()
                .contentShape(Rectangle())
                .gesture(dragging)
                .simultaneousGesture(pinching)
                .onChange(of: view.size, initial: true) { _, size in resize(size) }
            }
            .aspectRatio(max(width / height, Layout.photo), contentMode: .fit)
            .clipShape(RoundedRectangle(cornerRadius: Layout.corner))
            .accessibilityElement()
            .accessibilityLabel("\(say("compare_picture_label")). \(say("compare_slider_label"))")
            .accessibilityValue("\(say(pictures.compare.dividerWords)), \(say(pictures.compare.zoomWords))")
            .accessibilityAdjustableAction { direction in
                pictures.compare.step(divider: direction == .increment ? 0.1 : -0.1)
            }
            controls
        }
    }

    private var controls: some View {
        HStack(spacing: Layout.gap) {
            Text(verbatim: say("compare_before")).font(.footnote).foregroundStyle(.secondary)
            Spacer()
            zoomButton("compare_zoom_out", "minus.magnifyingglass") { pictures.compare.zoomOut() }
            zoomButton("compare_zoom_reset", "arrow.up.left.and.down.right.magnifyingglass") {
                pictures.compare.reset()
            }
            zoomButton("compare_zoom_in", "plus.magnifyingglass") { pictures.compare.zoomIn() }
            Spacer()
            Text(verbatim: say("compare_after")).font(.footnote).foregroundStyle(.secondary)
        }
    }

    private func zoomButton(_ key: String, _ symbol: String, _ act: @escaping @MainActor () -> Void) -> some View {
        Button {
            act()
            settle()
        } label: {
            Label(say(key), systemImage: symbol).labelStyle(.iconOnly)
        }
        .buttonStyle(.bordered)
    }

    /// One half: the whole photo, and above it the part that is zoomed into.
    private func picture(_ half: KeyPath<Pair, CGImage>) -> some View {
        ZStack(alignment: .topLeading) {
            placed(pictures.whole, half)
            if pictures.compare.zoom > 1 { placed(pictures.detail, half) }
        }
    }

    @ViewBuilder private func placed(_ pair: Pair?, _ half: KeyPath<Pair, CGImage>) -> some View {
        if let pair {
            let frame = pictures.compare.frame
            Image(decorative: pair[keyPath: half], scale: 1)
                .resizable()
                .interpolation(pictures.compare.zoom > 4 ? .none : .medium)
                .frame(width: frame.width * pair.part.width, height: frame.height * pair.part.height)
                .offset(x: frame.x + frame.width * pair.part.minX, y: frame.y + frame.height * pair.part.minY)
        }
    }

    private func divider(height: Double) -> some View {
        ZStack {
            Rectangle().fill(.white).frame(width: Layout.divider, height: height)
            Circle().fill(.white).frame(width: Layout.knob, height: Layout.knob).shadow(radius: 2)
            Image(systemName: "arrow.left.and.right").foregroundStyle(.black)
        }
        .frame(width: Layout.knob, height: height)
        .offset(x: pictures.compare.dividerX - Layout.knob / 2)
    }

    private var dragging: some Gesture {
        DragGesture(minimumDistance: 0)
            .onChanged { value in
                if drag == .none { drag = pictures.compare.grabs(value.startLocation.x) ? .divider : .photo }
                if drag == .divider {
                    pictures.compare.drag(dividerTo: value.location.x)
                } else {
                    pictures.compare.pan(
                        x: value.translation.width - last.width, y: value.translation.height - last.height)
                    last = value.translation
                }
            }
            .onEnded { _ in
                (drag, last) = (.none, .zero)
                settle()
            }
    }

    private var pinching: some Gesture {
        MagnifyGesture()
            .onChanged { value in
                let finger = Compare.Point(x: value.startLocation.x, y: value.startLocation.y)
                pictures.compare.pinch(to: zoomed * value.magnification, about: finger)
            }
            .onEnded { _ in
                zoomed = pictures.compare.zoom
                settle()
            }
    }

    private func resize(_ size: CGSize) {
        pictures.compare.resize(
            view: .init(x: size.width, y: size.height), photo: .init(x: width, y: height))
    }

    private func settle() {
        zoomed = pictures.compare.zoom
        Task { await pictures.settle() }
    }
}
