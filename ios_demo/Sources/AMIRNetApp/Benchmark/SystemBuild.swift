/// The exact build of the system, which changes with every update, out of what the system says in words.

/// "Version 26.1 (Build 23B85)" -> "23B85"; the words themselves where they name no build.
public func systemBuild(_ version: String) -> String {
    guard let match = version.firstMatch(of: /Build (\w+)/) else { return version }
    return String(match.1)
}
