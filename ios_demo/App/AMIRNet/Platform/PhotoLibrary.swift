/// Adds a file to the photo library, as a new photo. The app asks for the right to add and never reads the library.
import AMIRNetApp
import Foundation
import Photos

enum PhotoLibrary {
    /// Throws Problem.
    static func add(_ file: URL, name: String) async throws {
        let status = await PHPhotoLibrary.requestAuthorization(for: .addOnly)
        guard status == .authorized || status == .limited else {
            throw Problem(what: Words("save_denied"), remedy: Words("save_denied_remedy"), details: "")
        }
        do {
            try await PHPhotoLibrary.shared().performChanges {
                let options = PHAssetResourceCreationOptions()
                options.originalFilename = name
                PHAssetCreationRequest.forAsset().addResource(with: .photo, fileURL: file, options: options)
            }
        } catch {
            throw Problem(error, otherwise: "error_output")
        }
    }
}
