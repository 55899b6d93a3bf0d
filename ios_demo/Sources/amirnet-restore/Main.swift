/// The command `amirnet-restore`.
import Foundation
import RestoreCommand

@main
struct Main {
    static func main() async {
        exit(await RestoreCommand.run(Array(CommandLine.arguments.dropFirst())))
    }
}
