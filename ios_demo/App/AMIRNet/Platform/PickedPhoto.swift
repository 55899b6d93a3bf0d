/// A photo out of the picker, as its file is: nothing is transcoded, so HEIC, gain map and depth come along.
import CoreTransferable
import Foundation
import UniformTypeIdentifiers

struct PickedPhoto: Transferable {
    /// The app's own copy.
    let file: URL
    let name: String

    static var transferRepresentation: some TransferRepresentation {
        FileRepresentation(importedContentType: .image) { received in
            // The received file is gone when this closure returns.
            try copied(received.file)
        }
    }

    /// Another app's file, copied to a place of the app's own.
    static func copied(_ original: URL) throws -> PickedPhoto {
        let files = FileManager.default
        let name = original.lastPathComponent
        let copy = files.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).\(original.pathExtension)")
        let isSecured = original.startAccessingSecurityScopedResource()
        defer { if isSecured { original.stopAccessingSecurityScopedResource() } }
        try files.copyItem(at: original, to: copy)
        return PickedPhoto(file: copy, name: name)
    }
}
